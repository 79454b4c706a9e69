/** The file that `init` writes it to. */
export const WORKFLOW_FILE = '.github/workflows/tflite-gate.yml';

export interface WorkflowOptions {
  /** The action as `uses` names it: `OWNER/REPOSITORY@REF`. */
  readonly action: string;
  /** The branch that pull requests go to. */
  readonly branch: string;
  /** Whether models are kept by Git LFS. */
  readonly lfs: boolean;
}

/** Text of a workflow that checks pull requests, and pushes to a branch. */
export function initWorkflow({ action, branch, lfs }: WorkflowOptions): string {
  const lines = [
    'name: TFLite Gate',
    'on:',
    '  pull_request:',
    '  push:',
    `    branches: [${JSON.stringify(branch)}]`,
    'permissions: {}',
    'concurrency:',
    `  group: tflite-gate-\${{ github.ref }}`,
    `  cancel-in-progress: \${{ github.event_name == 'pull_request' }}`,
    'jobs:',
    '  tflite-gate:',
    '    runs-on: ubuntu-latest',
    '    permissions:',
    '      contents: read # the models',
    '      pull-requests: write # the comment; without it the summary says the same',
    '    steps:',
    '      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0',
    '        with:',
    '          fetch-depth: 2 # with the base of the pull request',
    ...(lfs ? ['          lfs: true'] : []),
    '          persist-credentials: false',
    `      - uses: ${action}`,
  ];
  return `${lines.join('\n')}\n`;
}
