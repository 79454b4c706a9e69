import module from 'node:module';
import process from 'node:process';
import v8 from 'node:v8';

// By default half of the processor time of a short run goes into optimising code that has little left to do, and the end
// waits for it. Loops that run long are still optimised, some milliseconds later. Later versions have no such flag.
if (process.versions.node.startsWith('20.')) v8.setFlagsFromString('--interrupt-budget=300000');

// From Node 22 on, compiled code is kept from one start to the next.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

// A reader that has seen enough, such as `head`, closes the pipe: no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

// What quantizes takes longer to load, and most command lines do not need it.
const quantizes =
  process.argv[2] === 'debug' || process.argv.some((argument) => /^--(quantize|recipe)(=|$)/.test(argument));
const { main } = quantizes ? await import('./full.js') : await import('./main.js');
process.exitCode = await main(process.argv.slice(2), { out: process.stdout, err: process.stderr, env: process.env });
