// Debian's Chromium, as the tests use it. coffer.test is this machine, but no browser knows: there it
// lacks all that it has on HTTPS only.

import { createRequire } from 'node:module';

const { chromium } = createRequire(process.env.NODE_ROOT + '/')('playwright-core');

export const launch = () => chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
    '--disable-background-networking', '--disable-component-update',
    '--host-resolver-rules=MAP coffer.test 127.0.0.1'],
});
