# PowerShell completion for docker-credential-openshift; what may be typed is asked of the program itself.
Register-ArgumentCompleter -Native -CommandName docker-credential-openshift -ScriptBlock {
    param($word, $ast, $cursor)
    $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($word -eq '') { $words += '' }
    & docker-credential-openshift complete @words 2>$null | ForEach-Object {
        $text, $does = $_ -split "`t", 2
        if ($text -ne ':file') {
            if (-not $does) { $does = $text }
            [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $does)
        }
    }
}
