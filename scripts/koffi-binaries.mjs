// Puts koffi's binaries into dist/, brotli-compressed, for the platforms that LiteRT's native library is built for. npm
// installs the one of its own platform only; the others are fetched by `npm pack` where dist/ does not have them yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { compress } from './runtime-assets.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const VERSION = '3.3.4';
/** SHA-256 of each binary of that version. */
const BINARIES = {
  'linux-x64': 'bee3ebc173f47178269e8441fbfd90899c8fe6bc3c948f481c79670f924b1725',
  'linux-arm64': '7086182b845ae3a0e22113513c9a4e4f2b7838814b079c9a91270887eab1adf1',
  'darwin-arm64': 'b9aecb03e160adb199ea66128a6986cbd5550056bd7fb19f4d35f366cf861c61',
  'win32-x64': 'a77b6bb6f60cdd360a41cc4e9f8a0e2a4c5b8e6dd83f43e756af285c59a7c4c2',
};

export function writeKoffi(folder) {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/koffi/package.json'), 'utf8'));
  if (version !== VERSION) throw new Error(`koffi is ${version}: put its binaries' digests into koffi-binaries.mjs`);
  for (const [platform, digest] of Object.entries(BINARIES)) {
    const target = join(folder, `koffi-${platform}.node.br`);
    if (existsSync(target) && sha256(brotliDecompressSync(readFileSync(target))) === digest) continue;
    const scratch = mkdtempSync(join(tmpdir(), 'koffi-'));
    try {
      const source = binary(platform, scratch);
      if (sha256(readFileSync(source)) !== digest) throw new Error(`koffi for ${platform} is another than was checked`);
      compress(source, target);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

function binary(platform, scratch) {
  const name = `@koromix/koffi-${platform}`;
  const file = join(platform.replace('-', '_'), 'koffi.node');
  const installed = join(root, 'node_modules', name, file);
  if (existsSync(installed)) return installed;
  run('npm', ['pack', `${name}@${VERSION}`, '--silent', '--pack-destination', scratch]);
  run('tar', ['-xzf', join(scratch, `koromix-koffi-${platform}-${VERSION}.tgz`), '-C', scratch]);
  return join(scratch, 'package', file);
}

function run(program, args) {
  const shell = process.platform === 'win32';
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', shell });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}
