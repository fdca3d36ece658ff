// firefox.mjs PROFILE PREFERENCES: Firefox for the Go tests, through WebDriver BiDi, with further preferences as JSON. Each line of standard
// input is a command, [name, arguments...]; each line of standard output its answer, {value} or
// {error}. When the input ends, so does Firefox.
import { createInterface } from 'node:readline'
import puppeteer from 'puppeteer-core'

// What Firefox asks its makers for whatever it shows is turned off, and so is what would keep it
// from what pages make it do: puppeteer's own preferences, and those that Firefox has for tests
// (remote.prefs.recommended), forbid it to connect on speculation, which is what is tested.
const preferences = {
  'remote.prefs.recommended': false,
  'network.http.speculative-parallel-limit': 20,
  'network.dns.disablePrefetch': false,
  'security.fileuri.strict_origin_policy': true,
  'app.normandy.enabled': false,
  'browser.backup.enabled': false,
  'browser.region.network.url': '',
  'browser.search.geoSpecificDefaults': false,
  'datareporting.usage.uploadEnabled': false,
  'dom.push.connection.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'messaging-system.rsexperimentloader.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.trr.mode': 5,
  'nimbus.rollouts.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.server': 'data:,',
}

const browser = await puppeteer.launch({
  browser: 'firefox',
  protocol: 'webDriverBiDi',
  executablePath: '/usr/bin/firefox-esr',
  userDataDir: process.argv[2],
  defaultViewport: { width: 1000, height: 800 },
  extraPrefsFirefox: { ...preferences, ...JSON.parse(process.argv[3]) },
})
const [page] = await browser.pages()

const commands = {
  start: async () => 'ready',
  visit: async (address) => void (await page.goto(address)),
  eval: (expression) => page.evaluate(expression),
  press: (x, y) => page.mouse.click(x, y),
  keys: (text) => page.keyboard.type(text),
}

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...rest] = JSON.parse(line)
  let answer
  try {
    answer = { value: await commands[name](...rest) }
  } catch (e) {
    answer = { error: String(e) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
await browser.close()
