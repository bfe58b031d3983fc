/**
 * What a plugin does once it has recorded its call: `answers` with the credential; the same `slowly`; `hangs`, with
 * `hangs-deaf` to every signal but SIGKILL; prints `garbage`; `fails` without a word on stdout, or
 * `fails-with-token`; `waits-for-person`: prints what kubelogin prints where it can
 * open no browser, and waits (it is `oc get-token`, too, of int128/kubelogin 1.28 and later, oc 4.16 and later);
 * `leaves-child`: answers and ends, while a child keeps its stdout open; `asks` for a password
 * on stdin and answers once it has one.
 */
export type ExecPluginBehaviour =
  | 'answers'
  | 'answers-slowly'
  | 'hangs'
  | 'hangs-deaf'
  | 'garbage'
  | 'fails'
  | 'fails-with-token'
  | 'waits-for-person'
  | 'leaves-child'
  | 'asks';

/** How long those hang who hang; a number that nobody else sleeps, so that they can be told by it. */
export const HANG_SECONDS = 86_397;

/**
 * The plugin: a shell script, since it must start at once. It writes what it was called with to a directory of its
 * own, which appears under its final name when it is complete, and then does what the file `behaviour` says.
 */
export function execPluginScript(directory: string): string {
  return `#!/bin/sh
here='${directory}'
call=$(mktemp -d "$here/calls/.XXXXXX") || exit 9
echo $$ > "$call/pid"
pwd > "$call/cwd"
env > "$call/environment"
if [ $# -gt 0 ]; then printf '%s\\0' "$@"; fi > "$call/arguments"
if [ "\${KUBERNETES_EXEC_INFO+set}" ]; then printf '%s' "$KUBERNETES_EXEC_INFO" > "$call/info"; fi
if [ -t 0 ]; then stdin=terminal
elif [ -p /dev/fd/0 ]; then stdin=pipe
elif [ -S /dev/fd/0 ]; then stdin=socket
elif [ -c /dev/fd/0 ]; then stdin=null
elif [ -f /dev/fd/0 ]; then stdin=file
else stdin=closed
fi
echo $stdin > "$call/stdin"
final="$here/calls/call-\${call##*/.}"
behaviour=$(cat "$here/behaviour")
if [ "$behaviour" = leaves-child ]; then
  sleep ${HANG_SECONDS} &
  echo $! > "$call/child"
fi
if [ "$behaviour" = hangs-deaf ]; then trap '' HUP INT TERM; fi
mv "$call" "$final"
case "$behaviour" in
  answers | leaves-child) cat "$here/answer" ;;
  answers-slowly)
    sleep "$(cat "$here/delay")" < /dev/null > /dev/null 2>&1
    cat "$here/answer"
    ;;
  # A new program keeps ignoring the signals that the shell ignored.
  hangs | hangs-deaf) exec sleep ${HANG_SECONDS} ;;
  waits-for-person)
    printf '%s\\n' 'error: could not open the browser: exec: "xdg-open,x-www-browser,www-browser": executable file not found in $PATH' '' \\
      'Please visit the following URL in your browser manually: http://localhost:8000/' >&2
    exec sleep ${HANG_SECONDS}
    ;;
  garbage) echo 'Opening https://sso.example.com in your browser {"kind":' ;;
  fails)
    echo 'error: you must log in first' >&2
    exit 1
    ;;
  fails-with-token)
    cat "$here/answer"
    exit 1
    ;;
  asks)
    printf 'Password: ' >&2
    if read -r typed; then
      printf '%s' "$typed" > "$final/typed"
      cat "$here/answer"
    else
      echo 'error: no password was given' >&2
      exit 1
    fi
    ;;
esac
`;
}
