import { nearestName } from '../../config/nearest-name.ts';
import { EXIT, type ExitCode, UsageError } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';

/** Each asks `__complete` what may stand at the cursor, and offers it as its shell does. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# completion of pp-db-collector for bash 3.2 and newer: eval "$(pp-db-collector completion bash)"
_pp_db_collector() {
  local IFS=$'\\n' current=\${COMP_WORDS[COMP_CWORD]} offers
  if [[ $current == '=' ]]; then current=''; fi
  offers=$("$1" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1)
  COMPREPLY=()
  case $offers in
    :files) compopt -o default 2>/dev/null ;;
    :folders) compopt -o dirnames 2>/dev/null ;;
    *) COMPREPLY=($(compgen -W "$offers" -- "$current")) ;;
  esac
}
complete -F _pp_db_collector pp-db-collector
`,
  zsh: `#compdef pp-db-collector
# completion of pp-db-collector for zsh: eval "$(pp-db-collector completion zsh)" after compinit, or _pp-db-collector in fpath
_pp_db_collector() {
  local -a offers
  offers=(\${(f)"$(\${(Q)words[1]} __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)"})
  case $offers[1] in
    :files) compset -P '--*='; _files ;;
    :folders) compset -P '--*='; _files -/ ;;
    *)
      offers=("\${(@)offers//:/\\\\:}")
      offers=("\${(@)offers/$'\\t'/:}")
      _describe value offers
      ;;
  esac
}
if [[ $funcstack[1] == _pp-db-collector ]]; then _pp_db_collector "$@"; else compdef _pp_db_collector pp-db-collector; fi
`,
  fish: `# completion of pp-db-collector for fish 3.4 and newer: pp-db-collector completion fish | source
function __pp_db_collector_offers
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l prefix (string match -r -- '^--[^=]*=' "$current")
    set -l offers ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    switch "$offers[1]"
        case :files
            string replace -r -- '^' "$prefix" (__fish_complete_path (string replace -- "$prefix" '' "$current"))
        case :folders
            string replace -r -- '^' "$prefix" (__fish_complete_directories (string replace -- "$prefix" '' "$current"))
        case '*'
            string join -- \\n $offers
    end
end
complete -c pp-db-collector -e
complete -c pp-db-collector -f -a '(__pp_db_collector_offers)'
`,
};

/** `completion`: the script with which a shell completes commands, options, their values and names of jobs. */
export async function completion(shell: string, terminal: Terminal): Promise<ExitCode> {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined) {
    const nearest = nearestName(shell, Object.keys(SCRIPTS));
    const guess = nearest === undefined ? '' : `Did you mean ${nearest}? `;
    throw new UsageError(
      `there is no completion for ${JSON.stringify(shell)}`,
      `${guess}Name ${Object.keys(SCRIPTS)
        .join(', ')
        .replace(/, (\w+)$/, ' or $1')}.`,
    );
  }
  await terminal.print(script);
  return EXIT.success;
}
