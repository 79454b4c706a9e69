// Opens reports made of sample records in Chromium, in light and dark, and looks at them as a person would: no error on
// the console, nothing loaded, no serious finding of axe, tables that sort, graphs that can be searched and zoomed, and
// no text that became markup. Needs `npm run build`.
//
//   node scripts/test-report.mjs            tests
//   node scripts/test-report.mjs --write    tests, and renews the pictures of docs/images
//
// Chromium is the one that CHROMIUM names or that is installed; else it is installed by apt.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { toHtml } from 'hast-util-to-html';
import { chromium } from 'playwright-core';
import { PNG } from 'pngjs';

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const images = join(root, 'docs/images');
const MAX_BYTES = 5_000_000;
/** What is shown of which report. */
const pictures = new Map([
  ['pass, light', 'pass'],
  ['failure, light', 'failure'],
  ['failure, dark', 'failure-dark'],
  ['one, light', 'one'],
  ['hundred, light', 'hundred'],
]);
const WINDOW = { width: 1120, height: 800 };

/** The samples of the tests and what they render Markdown by, which Node 20 cannot load as they are. */
async function loadSamples() {
  const folder = join(root, 'build/test');
  try {
    for (const name of ['record/sample-record', 'report/html/sample-reports', 'report/github-markdown']) {
      const { code } = transformSync(readFileSync(join(root, 'test', `${name}.ts`), 'utf8'), {
        swcrc: false,
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
      });
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, `${name}.js`), code);
    }
    const load = (name) => import(pathToFileURL(join(folder, `report/${name}.js`)).href);
    return { ...(await load('html/sample-reports')), ...(await load('github-markdown')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function findChromium() {
  for (const name of [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    if (!name) continue;
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // The next one may be there.
    }
  }
  return undefined;
}

/** Where something cannot be installed this is told apart from a failure, by exit code 77. */
function orNotHere(install) {
  try {
    return install();
  } catch (error) {
    console.error(`not run, as Chromium cannot be installed here: ${error.message}`);
    process.exit(77);
  }
}

function installChromium() {
  const apt = (...args) => {
    const [program, ...rest] = [...(process.getuid() === 0 ? [] : ['sudo']), 'apt-get', ...args];
    execFileSync(program, rest, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  };
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-color-emoji');
  return findChromium() ?? assert.fail('Chromium is not there after it was installed');
}

const executablePath = findChromium() ?? orNotHere(installChromium);
const samples = await loadSamples();
const { renderRecord } = await import(pathToFileURL(join(root, 'build/report/render-record.js')).href);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const work = mkdtempSync(join(tmpdir(), 'tflite-gate-report-'));
const browser = await chromium.launch({ executablePath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });

/** Opens a report in a page of its own; what the browser complains of is collected in `problems`. */
async function open(name, { record, graphs }, colorScheme) {
  const file = join(work, `${name}.html`);
  writeFileSync(file, renderRecord(record, 'html', { graphs }));
  const bytes = statSync(file).size;
  assert.ok(bytes < MAX_BYTES, `${name}: ${bytes} bytes`);
  const context = await browser.newContext({ viewport: WINDOW, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const problems = [];
  const url = pathToFileURL(file).href;
  page.on('console', (message) => problems.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) problems.push(`request: ${request.url()}`);
  });
  page.on('requestfailed', (request) => problems.push(`failed: ${request.failure().errorText}`));
  const start = performance.now();
  await page.goto(url);
  console.log(
    `${name}, ${colorScheme}: ${(bytes / 1e3).toFixed(0)} kB, open in ${Math.round(performance.now() - start)} ms`,
  );
  return { page, problems };
}

async function checkAccessible(name, page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.map(
    ({ id, impact, nodes }) => `${id} (${impact}), ${nodes.length} times: ${nodes[0].html.slice(0, 200)}`,
  );
  assert.deepEqual(found, [], `${name}: axe`);
}

async function picture(name, page, options = {}) {
  if (!process.argv.includes('--write')) return;
  const png = PNG.sync.read(await page.screenshot(options));
  const format = { colorType: 2, inputHasAlpha: true, deflateLevel: 9, deflateStrategy: 0, filterType: 0 };
  mkdirSync(images, { recursive: true });
  writeFileSync(join(images, `${name}.png`), PNG.sync.write(png, format));
}

async function pictureOfGraph(page) {
  const graphs = page.locator('.graphs').first();
  await graphs.evaluate((element) => {
    for (const view of element.querySelectorAll('.view')) view.scrollTop = 0;
    element.scrollIntoView({ block: 'center' });
  });
  await picture('report-graph', page);
}

/** The comment of a run as GitHub shows it: in its own style, after its sanitizer. */
async function checkComment(name, { record }) {
  const { renderMarkdown } = await import(pathToFileURL(join(root, 'build/report/markdown/render-markdown.js')).href);
  const links = { 'Report and files': 'https://github.com/o/r/actions/runs/1/artifacts/2' };
  const markdown = renderMarkdown(record, { limit: 65_536, measure: ({ length }) => length, links, folded: true });
  const style = readFileSync(require.resolve('github-markdown-css/github-markdown-light.css'), 'utf8');
  const page = await browser.newPage({ viewport: { width: 880, height: 600 }, colorScheme: 'light' });
  const problems = [];
  page.on('console', (message) => problems.push(`console: ${message.text()}`));
  page.on('request', (request) => problems.push(`request: ${request.url()}`));
  await page.setContent(`<!DOCTYPE html><meta charset="utf-8"><style>${style}
    body { margin: 0; padding: 12px; background: #fff } .markdown-body { font-size: 14px; padding: 16px }
    .comment { border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden }
    .head { padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; font: 14px system-ui, sans-serif; color: #59636e }
    b { color: #1f2328 }</style>
    <div class="comment"><div class="head"><b>github-actions</b> bot commented</div>
    <article class="markdown-body">${toHtml(samples.renderOnGitHub(markdown))}</article></div>`);
  const wide = await page.locator('table').evaluate((table) => table.scrollWidth > table.parentElement.clientWidth);
  assert.equal(wide, false, `the comment of ${name} is wider than GitHub's column`);
  assert.deepEqual(problems, [], `the comment of ${name}`);
  if (name === 'failure') {
    const { height } = await page.locator('.comment').boundingBox();
    await picture('comment', page, {
      clip: { x: 0, y: 0, width: 880, height: Math.ceil(height) + 24 },
      fullPage: true,
    });
  }
  await page.close();
}

async function checkTools(page) {
  // Sorting: one click up, another down.
  const head = page.locator('table.sortable').first().locator('thead th').nth(2);
  await head.locator('button').focus();
  await page.keyboard.press('Enter');
  assert.equal(await head.getAttribute('aria-sort'), 'ascending');
  const values = () =>
    page
      .locator('table.sortable')
      .first()
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows
          .map((row) => row.cells[2].dataset.v)
          .filter((value) => value !== '')
          .map(Number),
      );
  const up = await values();
  assert.deepEqual(
    up,
    [...up].sort((a, b) => a - b),
  );
  await page.keyboard.press('Enter');
  assert.equal(await head.getAttribute('aria-sort'), 'descending');
  assert.deepEqual(await values(), [...up].reverse());

  // A link of the table opens the details it leads to.
  await page.locator('table.sortable').first().locator('a', { hasText: 'digits (int8)' }).click();
  const details = page.locator('details.variant', { hasText: 'digits (int8)' }).first();
  assert.equal(await details.evaluate((element) => element.open), true);

  // Search, by keyboard alone.
  const search = details.locator('input[type=search]');
  await search.focus();
  await page.keyboard.type('depthwise');
  assert.equal(await details.locator('.o.hit').count(), 6);
  assert.match(await details.locator('output').textContent(), /^1 of 6$/);
  await page.keyboard.press('Enter');
  assert.match(await details.locator('output').textContent(), /^2 of 6$/);
  assert.equal(await details.locator('.o.now').count(), 1);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('no such op');
  assert.equal(await details.locator('output').textContent(), 'nothing found');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');

  // Zoom, by keyboard and by button.
  const view = details.locator('.view').first();
  const width = () => view.locator('svg').evaluate((svg) => svg.getBoundingClientRect().width);
  const before = await width();
  await view.focus();
  await page.keyboard.press('+');
  assert.ok((await width()) > before * 1.2);
  await page.keyboard.press('0');
  assert.ok((await width()) < before);
  await details.getByRole('button', { name: 'Zoom in' }).click();
  await details.getByRole('button', { name: 'Original size' }).click();
  assert.equal(Math.round(await width()), Math.round(before));

  // What differs between head and base is marked on both sides.
  assert.equal(await details.locator('.graph').count(), 2);
  assert.equal((await details.locator('.o.added').count()) > 0, true);
}

/** The page's own policy holds back what was put into it. */
async function checkPolicy(page, problems) {
  const ran = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.intruder = true';
    document.body.append(script);
    const image = document.createElement('img');
    image.src = 'https://example.com/x.png';
    document.body.append(image);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return globalThis.intruder === true;
  });
  assert.equal(ran, false);
  const refused = problems.splice(0).filter((text) => !text.startsWith('request: '));
  const [failed, messages] = [
    refused.filter((text) => text.startsWith('failed: ')),
    refused.filter((text) => text.startsWith('console: ')),
  ];
  assert.deepEqual(failed, ['failed: csp']);
  assert.equal(messages.filter((text) => text.includes('Content Security Policy')).length, 2, refused.join('\n'));
  assert.equal(refused.length, 3, refused.join('\n'));
}

try {
  const reports = [
    ['pass', samples.passingReport()],
    ['failure', samples.failingReport()],
    ['one', samples.manyModelsReport(1)],
    ['hundred', samples.manyModelsReport(100)],
    ['hostile', samples.hostileReport()],
  ];
  for (const [name, report] of reports) {
    if (name !== 'hostile') await checkComment(name, report);
    for (const scheme of ['light', 'dark']) {
      const { page, problems } = await open(name, report, scheme);
      if (pictures.has(`${name}, ${scheme}`)) await picture(`report-${pictures.get(`${name}, ${scheme}`)}`, page);
      if (name === 'failure') {
        await checkTools(page);
        if (scheme === 'light') await pictureOfGraph(page);
      }
      // Axe takes minutes for a hundred open models, which are all alike.
      if (name !== 'hundred') {
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
      }
      await checkAccessible(`${name}, ${scheme}`, page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(wide, false, `${name}: wider than the window`);
      assert.deepEqual(problems, [], `${name}, ${scheme}`);
      const own = await page.locator('script').count();
      assert.equal(own, 1, `${name}: scripts`);
      assert.equal(await page.locator('img, iframe, object, embed, form').count(), 0, `${name}: elements of others`);
      await checkPolicy(page, problems);
      await page.context().close();
    }
  }
  console.log('The reports are sound.');
} finally {
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}
