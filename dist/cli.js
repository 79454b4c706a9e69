#!/usr/bin/env node
import o from"node:module";import e from"node:process";o.enableCompileCache?.();e.stdout.on("error",o=>{if(o.code!=="EPIPE")throw o;e.exit(0)});const{main:r}=await import("./main.js");e.exitCode=await r(e.argv.slice(2),{out:e.stdout,err:e.stderr,env:e.env});
