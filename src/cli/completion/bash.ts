import { type Cases, stepsOf } from './cases.ts';
import type { OptionFacts, Values } from './facts.ts';
import { indented, quoted, shellCase } from './shell-case.ts';

/** A script for bash 3.2 and newer: it finds out where in the command line the cursor is, then what may stand there. */
export function bashScript(cases: Cases): string {
  const { optionValues, placeValues, subcommands, options } = cases;
  const steps = stepsOf(cases, {
    option: 'option=$word',
    command: `command=\${command:+$command }$word`,
    place: 'place=$((place + 1))',
  });
  return `# bash completion of pp-db-collector: eval "$(pp-db-collector completion bash)"
_pp_db_collector() {
  local command='' option='' config='' words='' place=0 index word
  local current=\${COMP_WORDS[COMP_CWORD]}
  if [[ $current == '=' ]]; then current=''; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == '=' ]]; then continue; fi
    if [[ -n $option ]]; then
      if [[ $option == --config ]]; then config=$word; fi
      option=''
      continue
    fi
${indented(
  shellCase('"$command $word"', steps, (step) => step),
  2,
)}
  done
  if [[ -n $option ]]; then
${indented(shellCase('"$command $option"', optionValues, offer), 2)}
  elif [[ $current == -* ]]; then
${indented(
  shellCase('$command', options, (each) => words(each.flatMap(({ flags }: OptionFacts) => flags))),
  2,
)}
  else
${indented(
  shellCase('$command', subcommands, (each) => words(each.map(({ name }) => name))),
  2,
)}
${indented(shellCase('"$command $place"', placeValues, offer), 2)}
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _pp_db_collector pp-db-collector
`;
}

const words = (list: readonly string[]): string => `words=${quoted(list.join(' '))}`;

function offer(values: Values): string {
  switch (values.kind) {
    case 'words':
      return words(values.words);
    case 'jobs':
      return 'words=$("$1" ${config:+--config "$config"} job-names 2>/dev/null)';
    case 'files':
      return 'compopt -o default 2>/dev/null';
    case 'folders':
      return 'compopt -o dirnames 2>/dev/null';
    case 'anything':
      return ':';
  }
}
