# What the deb and the rpm do when they are removed (docs/decisions/0017-packages.md). It is put into their scripts as it is: when
# the last of them runs, no other file of the package is there any more. Whatever happens here, the removal goes on.

name=docker-credential-openshift
helper=/usr/bin/$name
mark="Left in the place of $name, which was removed"
# A person's files may lie on a server that does not answer: each is waited for this long, and all of them together.
look_s=10
undo_s=40
all_s=300

# People of this machine, as USER:UID:GID:HOME: those that the system lists, and the owners of what is in /home, whom a directory
# service does not always list.
people() {
  {
    timeout "$look_s" getent passwd
    for home in /home/*; do
      if uid=$(timeout 2 stat -c %u "$home"); then timeout "$look_s" getent passwd "$uid"; fi
    done
  } 2> /dev/null | awk -F: '$6 ~ /^\/./ && $6 != "/nonexistent" && !seen[$3]++ { print $1 ":" $3 ":" $4 ":" $6 }'
}

# as_person SECONDS USER UID GID HOME SCRIPT: runs it as that person, with nothing of root's: no variable, no input, and no
# terminal, to which it could type. Nothing that it prints drives root's terminal. Once all have taken too long, nothing is run.
as_person() {
  [ "$(date +%s)" -lt "$deadline" ] || return 0
  runtime=/run/user/$3
  [ -d "$runtime" ] || runtime=
  setsid --wait timeout -k 2 "$1" setpriv --reuid "$3" --regid "$4" --init-groups --no-new-privs \
    env -i HOME="$5" USER="$2" LOGNAME="$2" ${runtime:+XDG_RUNTIME_DIR="$runtime"} PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C \
    sh -c "cd /; $6" 2>&1 < /dev/null | tr -d '\000-\010\013-\037\177-\377'
}

# A copy that was installed beside the package's goes on for everybody.
has_other_copy() {
  [ -x "/usr/local/bin/$name" ]
}

# Takes back what setup did for each person, as that person would.
undo_for_people() {
  deadline=$(($(date +%s) + all_s))
  ! has_other_copy || return 0
  people | while IFS=: read -r user uid gid home; do
    # shellcheck disable=SC2016 # that person's shell puts its own HOME in
    found=$(as_person "$look_s" "$user" "$uid" "$gid" "$home" '
      # Her own copy goes on for her.
      [ ! -x "$HOME/.local/bin/'"$name"'" ] || exit 0
      for place in "$HOME/.local/state" "$XDG_RUNTIME_DIR" "/run/containers/'"$uid"'" "$HOME/.config/systemd/user"; do
        if [ -e "$place/'"$name"'" ] || [ -e "$place/'"$name"'-renew.timer" ]; then echo found; exit 0; fi
      done')
    [ "$found" = found ] || continue
    as_person "$undo_s" "$user" "$uid" "$gid" "$home" "$helper setup --undo --yes; $helper renew --remove-timer" |
      sed "/^[-+@ ]/d; /^Wrote /d; /^Removed /d; /^There is no/d; /^\$/d; s|^|$user: |"
  done
}

# Whose files still name this helper, in sentences; nothing if nobody's do.
who_names_helper() {
  deadline=$(($(date +%s) + all_s))
  ! has_other_copy || return 0
  for file in /etc/containers/registries.conf /etc/containers/registries.conf.d/*.conf; do
    if [ -f "$file" ] && grep -q '^[^#]*credential-helpers' "$file" && grep -q '^[^#]*"openshift"' "$file"; then
      echo "$file names it."
    fi
  done
  people | while IFS=: read -r user uid gid home; do
    # shellcheck disable=SC2016
    said=$(as_person "$look_s" "$user" "$uid" "$gid" "$home" '
      for file in "$HOME/.docker/config.json" "$HOME/.config/containers/auth.json" \
        "$XDG_RUNTIME_DIR/containers/auth.json" "/run/containers/'"$uid"'/auth.json"; do
        if [ -f "$file" ] && grep -q ":[[:space:]]*\"openshift\"" "$file"; then echo "$file names it."; fi
      done
      echo looked')
    case $said in
      *looked) printf '%s\n' "$said" | sed '$d' ;;
      *) echo "The files of $user could not be looked at." ;;
    esac
  done
}

# Where an engine's file names a helper that is gone, nothing can be pulled any more, public images neither. For those that still
# name this one something stays that answers "I know of no login"; once nobody does, it goes as well.
leave_answer_if_named() {
  named=$(who_names_helper)
  if [ -z "$named" ]; then
    if grep -q "$mark" "$helper" 2> /dev/null; then rm -f "$helper"; fi
    return 0
  fi
  next=${helper%/*}/.$name.$$
  cat > "$next" << STUB
#!/bin/sh
# $mark, since files of engines still name it: where
# nothing answered, they would not pull public images either. Remove this file once none names it.
why='$name was removed from this machine, and files of engines still name it: take "openshift" out of their credHelpers (~/.docker/config.json, ~/.config/containers/auth.json), or install it again.'
case \${1-} in
  get)
    read -r host || true
    echo 'credentials not found in native keychain'
    echo "No login for \$host: \$why" >&2
    exit 1
    ;;
  list) echo '{}' ;;
  erase) read -r host || true ;;
  *)
    echo "\$why" >&2
    exit 1
    ;;
esac
STUB
  chmod 755 "$next"
  mv -f "$next" "$helper"
  printf '%s\n' "$named"
  echo "So that they can still pull public images, $helper stays, as a script that knows no login. Remove it once nothing names it."
}
