#!/usr/bin/env node
import e from"node:module";import o from"node:process";e.enableCompileCache?.();o.stdout.on("error",e=>{if(e.code!=="EPIPE")throw e;o.exit(0)});const t=o.argv[2]==="debug"||o.argv.some(e=>/^--(quantize|recipe)(=|$)/.test(e));const{main:r}=t?await import("./full.js"):await import("./main.js");o.exitCode=await r(o.argv.slice(2),{out:o.stdout,err:o.stderr,env:o.env});
