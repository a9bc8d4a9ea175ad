// scenario - all that one does with a cloud, from the invitation to the end of the account
//
//   node scenario.mjs URL FOLDER HOW BOSS PASSWORD     HOW is script, plain or curl
//
// BOSS is an administrator with a one-time password; the account that comes and goes is ann-HOW.
// FOLDER is for files. Exit 0 if each step shows what it should.

import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { launch } from './browser.mjs';
import { withBrowser, withCurl } from './person.mjs';

const [url, folder, how, boss, oneTime] = process.argv.slice(2);
const browser = how === 'curl' ? null : await launch();
const person = () => browser ? withBrowser(browser, url, how === 'script') : withCurl(url, folder);
const admin = await person(), ann = await person(), phone = await person();
const name = `ann-${how}`, spare = `spare-${how}`;
const first = 'a first long password', second = 'a second long password';
const hex = (algorithm, text) => createHash(algorithm).update(text).digest('hex');
const asks = (token) => fetch(`${url}/file/query`, { headers: { Authorization: `Bearer ${token}` } });
let invitation, token;

const signIn = (who, password, as = name) => who.press('Sign in', { name: as, password });
const upload = async (files, fields = {}) => {
  await ann.follow('Upload here');
  await ann.see('There is room for');
  await ann.press('Upload', { ...fields, file: files });
};

const steps = [
  ['an administrator signs in with a password that was made for them', async () => {
    await admin.open('/');
    await signIn(admin, oneTime, boss);
    await admin.see('Choose one of your own');
  }],
  ['and chooses another', async () => {
    await admin.press('Change password', { current: oneTime, password: first, again: first });
    await admin.see('Your password is changed');
  }],
  ['an invitation is shown once', async () => {
    await admin.follow('Accounts');
    await admin.see('A new account');
    await admin.press('Make an invitation', { quota: '1 MB', days: '2' });
    await admin.see('shown this once');
    [invitation] = /\/user\/signup\?invitation=[\w-]{43}/.exec(await admin.text());
  }],
  ['it leads to a form', async () => {
    await ann.open(invitation);
    await ann.see('Make an account');
  }],
  ['a common password is refused, in a sentence', async () => {
    await ann.press('Make the account', { name, password: 'password1', again: 'password1' });
    await ann.see('password');
    await ann.miss('Sign out');
  }],
  ['a good one makes the account', async () => {
    await ann.press('Make the account', { name, password: first, again: first });
    await ann.see('Nothing here yet');
  }],
  ['one signs out', async () => {
    await ann.press('Sign out');
    await ann.see('Sign in');
    await ann.miss('Sign out');
  }],
  ['and in again', async () => {
    await signIn(ann, first);
    await ann.see('Nothing here yet');
  }],
  ['a new folder', async () => {
    await ann.press('Make', { name: 'Holidays' });
    await ann.see('Holidays');
  }],
  ['opens', async () => {
    await ann.follow('Holidays');
    await ann.see('Nothing here yet');
  }],
  ['several files at once', async () => {
    await upload(['a.txt', 'b <i>&"\'.txt', '记录.txt'].map((file) => ({ name: file.replaceAll('"', '”'), text: 'first' })));
    await ann.see('记录.txt');
    await ann.see('b <i>&”\'.txt');
  }],
  ['a folder in a folder', async () => {
    await ann.press('Make', { name: '2026' });
    await ann.see('2026');
  }],
  ['and a file in that', async () => {
    await ann.follow('2026');
    await ann.see('Nothing here yet');
    await upload([{ name: 'deep.txt', text: 'deep' }]);
    await ann.see('deep.txt');
  }],
  ['the way back', async () => {
    await ann.follow('Holidays');
    await ann.see('a.txt');
  }],
  ['another order', async () => {
    await ann.follow('Size');
    await ann.see('Size ↑');
  }],
  ['details, with the five digests', async () => {
    await ann.follow('a.txt');
    for (const digest of [...['sha256', 'sha1', 'md5'].map((algorithm) => hex(algorithm, 'first')), '9271ee57']) await ann.see(digest);
  }],
  ['another name', async () => {
    await ann.press('Rename', { name: 'c.txt' });
    await ann.see('c.txt');
    await ann.miss('a.txt');
  }],
  ['another folder', async () => {
    await ann.follow('c.txt');
    await ann.see('Versions');
    await ann.press('Move', { folder: '/Holidays/2026' });
    await ann.see('记录.txt');
    await ann.miss('c.txt');
    await ann.follow('2026');
    await ann.see('c.txt');
  }],
  ['a name that is there is refused if one says so', async () => {
    await upload([{ name: 'c.txt', text: 'second' }], { conflict: 'fail' });
    await ann.see('exists');
    await ann.follow('To your files');
    await ann.follow('Holidays');
    await ann.follow('2026');
    await ann.see('deep.txt');
  }],
  ['and makes a version if not', async () => {
    await upload([{ name: 'c.txt', text: 'second' }]);
    await ann.see('c.txt');
    await ann.follow('c.txt');
    await ann.see(hex('sha256', 'second'));
    await ann.miss('This is the only version');
  }],
  ['the version comes back', async () => {
    await ann.press('Bring back');
    await ann.see('deep.txt');
    await ann.follow('c.txt');
    await ann.see(hex('sha256', 'first'));
  }],
  ['and the other one goes', async () => {
    await ann.press('Delete', {}, 'Bring back');
    await ann.see('deep.txt');
    await ann.follow('c.txt');
    await ann.see('This is the only version');
  }],
  ['a file comes as it went', async () => {
    const file = await ann.take('Download');
    assert.deepEqual([file.name, file.bytes.toString()], ['c.txt', 'first']);
  }],
  ['a search finds in any case', async () => {
    await ann.follow('Holidays');
    await ann.press('Search', { q: 'DEEP' });
    await ann.see('deep.txt');
    await ann.miss('c.txt');
  }],
  ['or says that there is nothing', async () => {
    await ann.press('Search', { q: 'nowhere' });
    await ann.see('No file or folder has that in its name');
  }],
  ['a folder comes as a zip', async () => {
    await ann.follow('Files');
    await ann.follow('Holidays');
    await ann.see('记录.txt');
    const zip = await ann.take('zip');
    assert.equal(zip.name, 'Holidays.zip');
    writeFileSync(`${folder}/${how}.zip`, zip.bytes);
    const names = execFileSync('python3', ['-c', 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert not z.testzip(); print(*sorted(z.namelist()), sep="\\n")', `${folder}/${how}.zip`], { encoding: 'utf8' });
    assert.deepEqual(names.trim().split('\n').filter((one) => !one.endsWith('/')),
      ['Holidays/2026/c.txt', 'Holidays/2026/deep.txt', 'Holidays/b <i>&”\'.txt', 'Holidays/记录.txt']);
  }],
  ['with the list to check it by', async () => {
    const sums = (await ann.take('SHA-256')).bytes.toString();
    assert.equal(sums.trim().split('\n').length, 4);
    assert.match(sums, new RegExp(`^${hex('sha256', 'deep')}  Holidays/2026/deep.txt$`, 'm'));
  }],
  ['what is chosen comes as a zip', async () => {
    const zip = await ann.take('Download as zip', { choose: ['记录.txt', '2026'] });
    assert.deepEqual([zip.name, zip.bytes.subarray(0, 2).toString()], ['Files.zip', 'PK']);
  }],
  ['several go to the trash', async () => {
    await ann.follow('Files');
    await ann.follow('Holidays');
    await ann.see('记录.txt');
    await ann.press('Delete', { choose: ['记录.txt', 'b <i>&”\'.txt'] });
    await ann.see('2026');
    await ann.miss('记录.txt');
  }],
  ['where they are', async () => {
    await ann.follow('Trash');
    await ann.see('记录.txt');
    await ann.see('b <i>&”\'.txt');
  }],
  ['one is restored', async () => {
    await ann.press('Restore', { choose: ['记录.txt'] });
    await ann.see('b <i>&”\'.txt');
    await ann.miss('记录.txt');
  }],
  ['and the trash is emptied', async () => {
    await ann.press('Empty the trash');
    await ann.see('The trash is empty.');
  }],
  ['what is used is shown', async () => {
    await ann.follow(name);
    await ann.see('of 1.0 MB used');
    await ann.follow('What the space is used for');
    await ann.see('The largest files');
    await ann.see('记录.txt');
  }],
  ['a token is shown once', async () => {
    await ann.follow(name);
    await ann.see('You have no tokens.');
    await ann.press('Make the token', { label: 'laptop', access: 'read', folder: '/Holidays', days: '7' });
    await ann.see('shown this once');
    [, token] = /shown this once: *([\w-]{43})/.exec(await ann.text());
  }],
  ['and is of use to a program', async () => {
    const answer = await asks(token);
    assert.deepEqual([answer.status, (await answer.json()).entries.map((entry) => entry.name).sort()], [200, ['2026', '记录.txt']]);
  }],
  ['until it is revoked', async () => {
    await ann.press('Revoke', {}, 'laptop');
    await ann.see('You have no tokens.');
    assert.equal((await asks(token)).status, 401);
  }],
  ['all of it in Chinese', async () => {
    await ann.press('简体中文');
    await ann.see('退出');
    await ann.miss('Sign out');
  }],
  ['and in English again', async () => {
    await ann.press('English');
    await ann.see('Sign out');
  }],
  ['what was done can be read', async () => {
    await ann.follow(name);
    await ann.follow('What was done in your account');
    for (const done of ['Uploaded deep.txt', 'Renamed to c.txt', 'Emptied the trash', 'Made the API token laptop']) await ann.see(done);
  }],
  ['another browser signs in', async () => {
    await phone.open('/file/query?folder=/Holidays');
    await signIn(phone, first);
    await phone.see('记录.txt');
  }],
  ['and is signed out from the first', async () => {
    await ann.follow(name);
    await ann.see('Where you are signed in');
    await ann.press('Sign out everywhere else');
    await ann.see('(this browser)');
    await ann.miss('Sign out everywhere else');
    await phone.open('/');
    await phone.see('Password');
    await phone.miss('Holidays');
  }],
  ['a new password', async () => {
    await ann.press('Change password', { current: first, password: second, again: second });
    await ann.see('Your password is changed');
  }],
  ['the administrator makes an account', async () => {
    await admin.press('Make the account', { name: spare, quota: '' });
    await admin.see(`The account ${spare} is made`);
  }],
  ['and gives it room', async () => {
    await admin.press('Set quota of ' + spare, { quota: '3 MB' });
    await admin.see('of 3.0 MB');
  }],
  ['disables one', async () => {
    await admin.press('Disable ' + name);
    await admin.see('(disabled)');
    await ann.open('/');
    await ann.see('Password');
    await ann.miss('Holidays');
  }],
  ['and enables it', async () => {
    await admin.press('Enable ' + name);
    await admin.see('Disable');
    await signIn(ann, second);
    await ann.see('Holidays');
  }],
  ['what is not for everybody is not there', async () => {
    await ann.open('/user/admin');
    await ann.see('there is nothing at this address');
    await ann.follow('To your files');
    await ann.see('Holidays');
  }],
  ['the account goes, with all that is in it', async () => {
    await ann.follow(name);
    await ann.see('Delete the account');
    await ann.press('Delete the account and all files', { name, current: second });
    await ann.see('Sign in');
    await ann.miss('Sign out');
    await signIn(ann, second);
    await ann.see('The name or the password is wrong.');
  }],
  ['the administrator signs out', async () => {
    await admin.press('Sign out');
    await admin.see('Sign in');
    await admin.miss('Accounts');
  }],
];

for (const [title, step] of steps) {
  try {
    await step();
  } catch (error) {
    console.error(`${how}: ${title}: ${error.stack}`);
    process.exit(1);
  }
}
await browser?.close();
console.log(`${how}: ${steps.length} steps`);
