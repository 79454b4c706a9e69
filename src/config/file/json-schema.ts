import { z } from 'zod';
import { configSchema } from './config-schema.js';

/** The schema of the file for editors. Units, paths and what contradicts itself are checked by the tool alone. */
export function configJsonSchema(): object {
  return {
    $id: 'urn:tflite-gate:config:1',
    title: 'TFLite Gate configuration',
    ...z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' }),
  };
}
