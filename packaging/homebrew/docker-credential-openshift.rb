class DockerCredentialOpenshift < Formula
  desc "Credential helper for the registries of OpenShift clusters"
  homepage "@HOME@"
  version "@VERSION@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "@HOME@/releases/download/v@VERSION@/docker-credential-openshift-@VERSION@-macos-arm64.tar.gz"
      sha256 "@SHA256:docker-credential-openshift-@VERSION@-macos-arm64.tar.gz@"
    end
    on_intel do
      url "@HOME@/releases/download/v@VERSION@/docker-credential-openshift-@VERSION@-macos-x64.tar.gz"
      sha256 "@SHA256:docker-credential-openshift-@VERSION@-macos-x64.tar.gz@"
    end
  end

  on_linux do
    on_arm do
      url "@HOME@/releases/download/v@VERSION@/docker-credential-openshift-@VERSION@-linux-arm64.tar.gz"
      sha256 "@SHA256:docker-credential-openshift-@VERSION@-linux-arm64.tar.gz@"
    end
    on_intel do
      url "@HOME@/releases/download/v@VERSION@/docker-credential-openshift-@VERSION@-linux-x64.tar.gz"
      sha256 "@SHA256:docker-credential-openshift-@VERSION@-linux-x64.tar.gz@"
    end
  end

  def install
    bin.install "bin/docker-credential-openshift"
    # The front that engines start on Linux finds the program here, beside the directory that it is in.
    libexec.install Dir["libexec/*"] if OS.linux?
    man1.install "share/man/man1/docker-credential-openshift.1"
    bash_completion.install "share/bash-completion/completions/docker-credential-openshift"
    zsh_completion.install "share/zsh/site-functions/_docker-credential-openshift"
    fish_completion.install "share/fish/vendor_completions.d/docker-credential-openshift.fish"
  end

  def caveats
    <<~EOS
      Next: docker-credential-openshift setup

      Before you uninstall it, give docker and podman their files back. Homebrew can't, and without
      the helper that these files name, engines pull nothing from its registries, public images neither:
        docker-credential-openshift setup --undo && docker-credential-openshift renew --remove-timer
    EOS
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/docker-credential-openshift version")
    assert_match "credentials not found in native keychain",
                 pipe_output("#{bin}/docker-credential-openshift get", "registry.example.com", 1)
  end
end
