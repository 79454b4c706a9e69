import { basename } from 'node:path';
import * as core from '@actions/core';

/** The sub-actions start files of their names, which load this one: so they share its parts. */
switch (basename(process.argv[1] ?? '', '.mjs')) {
  case 'comment': {
    const { commentStep } = await import('./comment-step.js');
    await commentStep(core, process.env);
    break;
  }
  case 'release': {
    const { releaseStep } = await import('./release-step.js');
    await releaseStep(core, process.env);
    break;
  }
  default: {
    const { runStep } = await import('./run-step.js');
    await runStep(core, process.env);
  }
}
