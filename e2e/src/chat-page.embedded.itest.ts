/// <reference lib="dom" />
// The chat page in Chromium: whatever happens to page or connection, the text at the end is the stored report.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { storedEvents } from './api.js';
import { startSystem, type RunningSystem } from './set-up.js';

const ROOT = join(import.meta.dirname, '..', '..');
/** `CHAT_PICTURES=docs/images` renews the pictures of the documentation. */
const PICTURES = join(ROOT, process.env['CHAT_PICTURES'] ?? '.vana/chat-pictures');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const QUESTION = 'How do retries with exponential backoff and timeouts work?';
const DONE_MS = 60_000;

let browser: Browser;
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  const executablePath = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: FLAGS });
});
afterAll(() => browser.close());

describe('the chat page', () => {
  let system: RunningSystem;
  let context: BrowserContext;
  let page: Page;
  let token: string;
  const problems: string[] = [];

  beforeAll(async () => {
    system = await startSystem('embedded');
    token = await system.token('alice');
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => {
      if (/maximum update depth|content security policy/i.test(message.text())) problems.push(message.text());
    });
  }, 180_000);
  afterAll(async () => {
    await context.close();
    await system.stop();
  });

  const picture = (name: string) =>
    page.screenshot({ path: join(PICTURES, `chat-${name}.jpg`), quality: 78, type: 'jpeg' });
  const answers = () => page.locator('article.answer');
  const badge = () => page.locator('.connection summary');

  async function ask(question: string): Promise<void> {
    await page.getByRole('textbox', { name: 'Your question' }).fill(question);
    await page.getByRole('button', { name: 'Send' }).click();
    await answers().last().waitFor();
  }

  /** The last answer's text on the screen, byte for byte, against what the server has stored. */
  async function expectStoredReport(): Promise<void> {
    await answers().last().locator('.actions').waitFor({ timeout: DONE_MS });
    await answers().last().getByRole('button', { name: 'Show as Markdown' }).click();
    const shown = await answers().last().locator('pre.markdown').textContent();
    await answers().last().getByRole('button', { name: 'Show as Markdown' }).click();
    const listed = await fetch(`${system.gateways[0]!}/api/sessions`, bearer());
    const sessions = (await listed.json()) as { sessions: [{ session_id: string }] };
    const [{ session_id: id }] = sessions.sessions;
    const events = await storedEvents(system.gateways[0]!, id, token);
    const end = events.findLast(({ type }) => type === 'research_complete')!;
    expect(shown).toBe((JSON.parse(end.data) as { final_report: string }).final_report);
  }

  const bearer = () => ({ headers: { authorization: `Bearer ${token}` } });

  it('lets somebody with a token in, and greets', async () => {
    const response = await page.goto(system.gateways[0]!);
    expect(response!.headers()['content-security-policy']).toContain("script-src 'self';");
    await page.getByLabel('Access token').fill(token);
    await picture('sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'What should we find out?' }).waitFor();
    await picture('idle');
    expect(page.url()).not.toContain('token');
  });

  it('shows the answer as it is written, and at its end the stored report', async () => {
    await ask(QUESTION);
    await picture('mid-run');
    await expectStoredReport();
    await page.locator('.agent[data-status="completed"]').first().waitFor();
    await page.locator('article.question').last().scrollIntoViewIfNeeded();
    await picture('finished');
    await page.locator('.citation').first().click();
    await page.locator('.sources [data-shown="true"]').waitFor();
    await picture('sources');
  });

  it('goes on after a reload in the middle', async () => {
    await ask('How is the concurrency of promises limited?');
    await page.reload();
    await expectStoredReport();
  });

  it('goes on after the connection was cut in the middle, and says that it resumed', async () => {
    await ask('How are glob patterns matched against paths?');
    await badge().click();
    await page.getByRole('button', { name: 'Cut my connection' }).click();
    await page.getByText('Resumed where it broke off').first().waitFor();
    await badge().click();
    await expectStoredReport();
  });

  it('goes on after ten seconds offline', async () => {
    await ask('How are streams piped with back-pressure?');
    await context.setOffline(true);
    await page.locator('.connection[data-state="offline"]').waitFor();
    await picture('offline');
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    await context.setOffline(false);
    await page.locator('.connection[data-state="connected"]').waitFor();
    await expectStoredReport();
  }, 60_000);

  it('had no error and nothing that its policy refuses', () => {
    expect(problems).toEqual([]);
  });
});
