import * as core from '@actions/core';
import { runStep } from './run-step.js';

await runStep(core, process.env);
