// The settings blocks of values.yaml, written between their markers.
const MARKER = /^( *)# <settings (\w+)>\n[\s\S]*?^ *# <\/settings \w+>\n/gm;

/** @param settings as `serviceSettings` gives them */
export function withSettings(text, settings) {
  return text.replace(MARKER, (_block, indent, service) => {
    const lines = [`# <settings ${service}>`, ...settingsBlock(settings[service]), `# </settings ${service}>`];
    return lines.map((line) => `${indent}${line}\n`).join('');
  });
}

function settingsBlock({ plain, secret }) {
  return [
    '# -- Environment of the service. Empty text means the default of its code.',
    'settings:',
    ...plain.flatMap((setting) => settingLines(setting).map((line) => `  ${line}`)),
    ...(secret.length === 0 ? [] : secretLines(secret)),
  ];
}

function secretLines(names) {
  const where = { type: 'object', required: ['name', 'key'] };
  return [
    ...wrapped(
      `-- Settings that are secrets (${names.join(', ')}), each with the Secret and the key that hold its value.`,
    ),
    `# @schema ${JSON.stringify({ propertyNames: { enum: names }, additionalProperties: where })}`,
    'secretSettings: {}',
  ];
}

function settingLines({ key, about, fallback, options, text }) {
  return [
    ...(about === undefined ? [] : wrapped(`-- ${about}`)),
    ...(options === undefined ? [] : [`# @schema ${JSON.stringify({ enum: [...new Set([fallback, ...options])] })}`]),
    `${key}: ${text || options ? quoted(fallback) : fallback}`,
  ];
}

const quoted = (text) =>
  /^[a-z][a-z-]*$/.test(text) && !/^(on|off|yes|no|true|false|null)$/.test(text) ? text : `'${text}'`;

function wrapped(text, width = 108) {
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}
