import * as core from '@actions/core';
import { commentStep } from './comment-step.js';

await commentStep(core, process.env);
