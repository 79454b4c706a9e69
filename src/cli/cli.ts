import module from 'node:module';
import process from 'node:process';

// From Node 22 on, compiled code is kept from one start to the next.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

// A reader that has seen enough, such as `head`, closes the pipe: no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const { main } = await import('./main.js');
process.exitCode = await main(process.argv.slice(2), { out: process.stdout, err: process.stderr, env: process.env });
