import * as core from '@actions/core';
import { releaseStep } from './release-step.js';

await releaseStep(core, process.env);
