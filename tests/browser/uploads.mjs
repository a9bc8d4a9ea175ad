// uploads - what a person sees who brings files
//
//   node uploads.mjs URL NAME PASSWORD TOKEN TMP      exit 0 if every step shows what it should

import { strict as assert } from 'node:assert';
import { digests_here, sender } from './sender.mjs';

const [url, name, password, token, tmp] = process.argv.slice(2);
const my = await sender(url, name, password, token, tmp);
const { page, line } = my;

// A tree of five hundred files, dropped on a folder's page: all of it is there, each byte as it was.
const tree = Array.from({ length: 500 }, (_, i) => `tree/${i % 7 ? `part ${i % 7}/deeper ${i % 3}` : '记录'}/file ${i}.bin`);
tree.forEach((path, i) => my.file(path, i * 37 % 5000));
const into = await my.folder('/Dropped');
await my.open(`/file/query?folder=${into}`);
await my.drop([`${tmp}/tree`]);
await my.uploaded(500);
assert.deepEqual(await my.digests('/Dropped'), digests_here(tmp, tree));
await page.locator('tbody tr', { hasText: 'tree' }).waitFor();

console.log('dropped');
await my.close();
assert.deepEqual(my.errors, []);
