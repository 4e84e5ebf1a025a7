import { type Cases, stepsOf } from './cases.ts';
import type { OptionFacts, Values } from './facts.ts';
import { indented, quoted, shellCase } from './shell-case.ts';

interface Described {
  readonly name: string;
  readonly description: string;
}

/** A script for zsh, to be evaluated or to stand in a folder of fpath as _pp-db-collector. */
export function zshScript(cases: Cases): string {
  const { optionValues, placeValues, subcommands, options } = cases;
  const steps = stepsOf(cases, {
    option: 'option=$word',
    command: `command=\${command:+$command }$word`,
    place: 'place=$((place + 1))',
  });
  return `#compdef pp-db-collector
# zsh completion of pp-db-collector: eval "$(pp-db-collector completion zsh)" after compinit
_pp_db_collector() {
  local command='' option='' config='' place=0 index word
  local -a offers
  for ((index = 2; index < CURRENT; index++)); do
    word=\${(Q)words[index]}
    if [[ -n $option ]]; then
      if [[ $option == --config ]]; then config=$word; fi
      option=''
      continue
    fi
    if [[ $word == --config=* ]]; then config=\${word#--config=}; fi
${indented(
  shellCase('"$command $word"', steps, (step) => step),
  2,
)}
  done
  if [[ -z $option && $PREFIX == --*=* ]]; then
    option=\${PREFIX%%=*}
    compset -P '*='
  fi
  if [[ -n $option ]]; then
${indented(shellCase('"$command $option"', optionValues, offer), 2)}
  elif [[ $PREFIX == -* ]]; then
${indented(
  shellCase('$command', options, (each) => describe('option', each.flatMap(byFlag))),
  2,
)}
  else
${indented(
  shellCase('$command', subcommands, (each) => describe('command', each)),
  2,
)}
${indented(shellCase('"$command $place"', placeValues, offer), 2)}
  fi
}
if [[ $funcstack[1] == _pp-db-collector ]]; then _pp_db_collector "$@"; else compdef _pp_db_collector pp-db-collector; fi
`;
}

const byFlag = ({ flags, description }: OptionFacts): Described[] =>
  flags.map((name) => ({ name, description }));

function describe(what: string, offers: readonly Described[]): string {
  const list = offers.map(({ name, description }) => quoted(`${name.replaceAll(':', '\\:')}:${description}`));
  return `offers=(${list.join(' ')}); _describe ${what} offers`;
}

function offer(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `compadd -- ${values.words.map(quoted).join(' ')}`;
    case 'jobs':
      return 'compadd -- ${(f)"$(${(Q)words[1]} ${config:+--config} $config job-names 2>/dev/null)"}';
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'anything':
      return ':';
  }
}
