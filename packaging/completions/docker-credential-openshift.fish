# fish completion for docker-credential-openshift; what may be typed is asked of the program itself.
function __docker_credential_openshift
    set -l words (commandline -opc) (commandline -ct)
    set -l lines ($words[1] complete $words[2..-1] 2>/dev/null)
    if contains -- :file $lines
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $lines
    end
end

complete -c docker-credential-openshift -f -a '(__docker_credential_openshift)'
