import type { Complete, Job } from '../config/config.ts';
import type { RecordMapping } from '../config/schema/job-schema.ts';
import { idPartsOf, idSettingsOf } from '../records/id-parts.ts';
import type { Warning } from './query-warnings.ts';

/** A job that leaves something out, or knows already what that means. */
type MaybeComplete = Job & Pick<Complete, 'leftOut'>;

/** Jobs that write one data set with ids of one shape: a record of the one may replace a record of the other. */
export function collidingIds(checked: readonly MaybeComplete[], all: readonly MaybeComplete[]): Warning[] {
  const groups = Map.groupBy(all, ({ data_set }) => `${data_set.data_group}/${data_set.data_type}`);
  return [...groups].flatMap(([dataSet, jobs]) =>
    jobs.flatMap((job, index) => {
      const earlier = jobs.slice(0, index).find((other) => canCollide(job, other));
      if (earlier === undefined || !(checked.includes(job) || checked.includes(earlier))) return [];
      return [
        {
          message:
            `${withPlace(earlier)} and ${withPlace(job)} both write the data set ${dataSet}, with ids that can be the same: a ` +
            'record of the one would replace one of the other',
          remedy:
            'Put a constant that differs into record.id of each, e.g. the field period, or give each job a data ' +
            'set of its own.',
        },
      ];
    }),
  );
}

/** A name with the place of what makes its ids. */
function withPlace({ name, file, places, leftOut }: MaybeComplete): string {
  if (leftOut?.includes('id')) return `${name} (${file}, by its default)`;
  return places?.id === undefined ? name : `${name} (${places.id})`;
}

/** What a job leaves out is known once it is complete. */
function canCollide({ record: one }: Job, { record: other }: Job): boolean {
  if (one.id === undefined || other.id === undefined) return false;
  if (idSettingsOf(one.id).style !== idSettingsOf(other.id).style) return false;
  const [shape, otherShape] = [shapeOf(one.id, one.fields), shapeOf(other.id, other.fields)];
  if (shape.length !== otherShape.length) return false;
  return shape.every((part, index) => {
    const counterpart = otherShape[index];
    if (part === 'any' || counterpart === 'any') return part !== 'time' && counterpart !== 'time';
    return part === counterpart;
  });
}

/** What stands at each place of the id: the `_timestamp`, a constant as JSON, or anything. */
function shapeOf(id: RecordMapping['id'], fields: RecordMapping['fields']): string[] {
  return idPartsOf(id).map((part) => {
    if (part.kind === 'value') return JSON.stringify(part.text);
    if (part.name === '_timestamp') return 'time';
    const field = part.kind === 'column' ? undefined : fields?.[part.name];
    return typeof field === 'object' && 'value' in field ? JSON.stringify(field.value) : 'any';
  });
}
