# bash completion for docker-credential-openshift; what may be typed is asked of the program itself.
_docker_credential_openshift() {
  local line words word
  # A colon parts words for readline, not for us: registry.example.com:5000 is one.
  _docker_credential_openshift_words
  COMPREPLY=()
  while IFS=$'\t' read -r line _; do
    if [ "$line" = :file ]; then
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      compopt -o filenames
      return
    fi
    [ -z "$line" ] || COMPREPLY+=("$line")
  done < <("${COMP_WORDS[0]}" complete "${words[@]}" 2> /dev/null)
  # readline replaces only what follows the last colon of the word.
  case $word in
    *:*)
      local before=${word%"${word##*:}"} at
      for at in "${!COMPREPLY[@]}"; do COMPREPLY[at]=${COMPREPLY[at]#"$before"}; done
      ;;
  esac
}

# Sets words (those after the program, with the one that is typed last) and word (that one), split at white space only.
_docker_credential_openshift_words() {
  local text=${COMP_LINE:0:COMP_POINT}
  words=()
  read -r -a words <<< "$text"
  case $text in *[[:space:]]) words+=("") ;; esac
  words=("${words[@]:1}")
  word=${words[${#words[@]} - 1]:-}
}

complete -F _docker_credential_openshift docker-credential-openshift
