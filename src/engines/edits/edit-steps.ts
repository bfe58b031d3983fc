/** One change of a file, with what it takes to take it back. `host` is the registry host it was made for. */
export type EditStep = HelperStep | LoginStep | BindingStep;

/** `credHelpers` names our helper for a host. */
export interface HelperStep {
  readonly kind: 'helper';
  readonly host: string;
  /** The JSON that stood there before; null: none. */
  readonly previous: string | null;
  /** Which of the members of the host's name, where there are several: the first is 0. */
  readonly nth: number;
  /** There was no `credHelpers` before the edit. */
  readonly madeContainer: boolean;
}

/** A stored login was removed. */
export interface LoginStep {
  readonly kind: 'login';
  readonly host: string;
  /** The key it stood under: the host, `HOST/ns`, `https://HOST/v1/`. */
  readonly key: string;
  /** Its value as it stood there: a secret. */
  readonly json: string;
  /** The key before it; null: it was the first. */
  readonly after: string | null;
  /** The file is a `.dockercfg`: its logins are its top level. */
  readonly legacy: boolean;
}

/** Our config's entry of a host was written, as plain JSON before (null: none) and after. */
export interface BindingStep {
  readonly kind: 'binding';
  readonly host: string;
  readonly previous: unknown;
  readonly written: unknown;
}

/** @returns whether a step takes a secret out of its file: an entry is empty where docker left it beside a `credsStore` */
export function takesSecret(step: EditStep): boolean {
  return step.kind === 'login' && !/^\s*(?:\{\s*\}|null)\s*$/.test(step.json);
}
