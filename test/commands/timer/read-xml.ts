import assert from 'node:assert/strict';

export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads the XML that this project writes; fails on what is not well-formed. No comments, CDATA or namespaces. */
export function readXml(text: string): XmlElement {
  const body = text.replace(/^<\?xml [^?]*\?>\r?\n/, '').replace(/^<!DOCTYPE [^>]*>\r?\n/, '');
  const root = { name: '', text: '', children: [] as XmlElement[] };
  const open: { name: string; text: string; children: XmlElement[] }[] = [root];
  for (const [piece] of body.matchAll(/<[^>]*>|[^<]+/g)) {
    const top = open.at(-1) ?? assert.fail('more is closed than was opened');
    const [, close, name, attributes = '', empty] =
      /^<(\/?)([A-Za-z]\w*)((?: \w+="[^"<&]*")*)(\/?)>$/.exec(piece) ?? [];
    if (name === undefined) {
      assert.ok(!piece.startsWith('<'), `not a tag: ${piece}`);
      top.text += decode(piece);
    } else if (close === '/') {
      assert.deepEqual([name, attributes, empty], [top.name, '', ''], `closes ${top.name}`);
      open.pop();
    } else {
      const element = { name, text: '', children: [] };
      top.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  assert.equal(open.length, 1, 'everything is closed');
  assert.equal(root.text.trim(), '');
  const [document] = root.children;
  assert.equal(root.children.length, 1);
  return document ?? assert.fail('there is no element');
}

/** The element at a path of names, each the first of its name. */
export function child(element: XmlElement, ...path: string[]): XmlElement {
  return path.reduce(
    (at, name) => at.children.find((each) => each.name === name) ?? assert.fail(`no ${name} in ${at.name}`),
    element,
  );
}

function decode(text: string): string {
  assert.doesNotMatch(text, /&(?!(?:#\d+|\w+);)|[^\t\r\n -~]/, 'ASCII, every & a reference');
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (_all, code: string | undefined, name = '') =>
    code === undefined
      ? (ENTITIES[name] ?? assert.fail(`no such entity: ${name}`))
      : String.fromCodePoint(Number(code)),
  );
}
