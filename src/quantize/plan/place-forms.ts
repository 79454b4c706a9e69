import { constantOf } from '#ir/constant.js';
import { Op, type Region, type Value } from '#ir/graph.js';
import type { QuantizationJob } from '../job.js';
import type { Candidate } from './candidate.js';
import { loopDepth, type PlaceGroup } from './places.js';

/** What stands in a place: integers, or float32. */
export type PlaceForm = 'int8' | 'int16' | 'float32';

/** What a conversion in a loop costs, beside one outside of it. */
const IN_LOOP = 16;

/**
 * The form of a group of places in which fewest conversions are computed: as most ops around them give and take their
 * numbers, those in loops counting for more. Integers where there are as many for float32.
 */
export function placeForm(group: PlaceGroup, candidates: ReadonlyMap<Op, Candidate>, job: QuantizationJob): PlaceForm {
  const votes = { int16: 0, int8: 0, float32: 0 };
  const vote = (user: Op | Region, form: PlaceForm) => {
    votes[form] += IN_LOOP ** loopDepth(user instanceof Op ? user.region : user);
  };
  for (const { names, sources } of group.places) {
    for (const source of sources) voteOf(source, vote);
    for (const { user, index } of names.flatMap(({ uses }) => uses)) {
      if (!(user instanceof Op)) {
        if (!user.parent && job.ioType === 'float32') vote(user, 'float32');
      } else if (!user.definition.control) {
        const candidate = candidates.get(user);
        const takesIntegers = candidate?.roles[index]?.kind === 'data';
        vote(user, takesIntegers ? candidate.dtype : 'float32');
      }
    }
  }
  const most = Math.max(...Object.values(votes));
  return (['int16', 'int8', 'float32'] as const).find((form) => votes[form] === most) ?? 'float32';

  function voteOf(source: Value, note: typeof vote): void {
    const { producer } = source;
    if (constantOf(source) || producer?.definition.control) return;
    if (producer) note(producer, candidates.get(producer)?.dtype ?? 'float32');
    else if (!(source.owner as Region).parent && job.ioType === 'float32') note(source.owner, 'float32');
  }
}
