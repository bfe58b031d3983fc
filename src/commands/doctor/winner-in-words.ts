import type { Winner } from '../../engines/engine-state.ts';
import type { Engine } from '../../engines/engines.ts';
import { OUR_HELPER } from '../../hosts/helper-names.ts';

/** @returns what an engine's lookup comes to, as a sentence without its full stop */
export function winnerInWords(engine: Engine, winner: Winner): string {
  switch (winner.kind) {
    case 'helper': {
      const { helper, otherwise } = winner;
      return helper === OUR_HELPER
        ? `${engine} sends what this helper answers: a token that counts now, or none, and then it ${afterNothing(otherwise)}`
        : `${engine} sends what docker-credential-${helper} answers; this helper is not asked`;
    }
    case 'login': {
      const end = winner.dead
        ? 'its token has ended, so that the pull fails with 401, of a public image, too'
        : 'once its token ends, the pull fails with 401, of a public image, too';
      return `${engine} sends the stored login "${winner.key}" of ${winner.where}; this helper is not asked, and ${end}`;
    }
    case 'anonymous':
      return `${engine} goes on anonymously: it gets what is public; this helper is not asked`;
    case 'error':
      return `${engine} gives up: ${winner.why}`;
  }
}

function afterNothing(otherwise: Extract<Winner, { kind: 'helper' }>['otherwise']): string {
  switch (otherwise.kind) {
    case 'login':
      return `sends the stored login "${otherwise.key}" of ${otherwise.where}, with which a public image can't be pulled once its token has ended`;
    case 'anonymous':
      return 'goes on anonymously';
    case 'error':
      return `gives up: ${otherwise.why}`;
  }
}
