import type { DataSet } from '#data/data-set.js';
import { LABEL } from '#data/label.js';
import { isModuleName, openModuleDataSet } from '#data/module-data-set.js';
import { openDataSet } from '#data/open-data-set.js';
import { judgingFile } from './judging-roots.js';
import type { MeasureJob } from './measure-job.js';

/** The data that a model is judged on; undefined where the configuration names none. */
export async function openJudgingData({
  evaluate,
  judging,
  allowCode,
}: Pick<MeasureJob, 'evaluate' | 'judging' | 'allowCode'>): Promise<DataSet | undefined> {
  const { data, image, audio, limit, seed, classes, labelFile, metrics } = evaluate;
  if (data === undefined) return undefined;
  const path = judgingFile(judging, data);
  const labels = evaluate.labels ?? [...new Set([LABEL, ...metrics.flatMap(({ options: { label } }) => label ?? [])])];
  const options = { image, audio, limit, seed, labels, classes, labelFile };
  return isModuleName(path) ? openModuleDataSet(path, { ...options, allowCode }) : openDataSet(path, options);
}
