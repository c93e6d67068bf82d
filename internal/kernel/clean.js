// Remembers the templates in which the validator found nothing, so that it need not look at them again: a file for each, named by
// the digest of all that the answer depends on, which is the validator with its rules, the options, and the template. Some rules
// know dates, when a runtime ends for one: after a week the validator looks again. Of findings nothing is remembered.
'use strict';
const { createHash } = require('crypto');
const fs = require('fs');
const path = require('path');

const week = 7 * 24 * 60 * 60 * 1000;

const digest = (...parts) => parts.reduce((hash, part) => hash.update(part).update('\0'), createHash('sha256')).digest('hex');

const old = (file) => Date.now() - fs.statSync(file).mtimeMs > week;

// identify is the validator of a folder with these rules: every file of it that runs.
exports.identify = (library, config) =>
  digest(config, ...fs.readdirSync(library).filter((f) => /\.(js|wasm|json)$/.test(f)).sort().map((f) => fs.readFileSync(path.join(library, f))));

// open is what is remembered in a folder of one validator, of templates by their digests. A folder that cannot be read or written
// remembers nothing.
exports.open = (folder, validator) => {
  const place = (template, options) => path.join(folder, `${digest(validator, options, template)}.json`);
  return {
    // recall is the report on a template in which nothing was found; undefined where that is not known.
    recall(file, template, options) {
      try {
        const kept = place(template, options);
        const report = JSON.parse(fs.readFileSync(kept, 'utf-8'));
        return report.diagnostics.length === 0 && !old(kept) ? { ...report, filePath: file } : undefined;
      } catch {
        return undefined;
      }
    },
    // keep remembers a report if it finds nothing.
    keep(template, options, report) {
      if (report.diagnostics?.length !== 0) return;
      try {
        const kept = place(template, options);
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(`${kept}.${process.pid}`, JSON.stringify(report));
        fs.renameSync(`${kept}.${process.pid}`, kept); // another process never reads a half of it
      } catch {
        // then it is found anew
      }
    },
    // forget removes what is too old.
    forget() {
      try {
        for (const name of fs.readdirSync(folder)) {
          const file = path.join(folder, name);
          if (old(file)) fs.rmSync(file);
        }
      } catch {
        // another process forgets as well, or there is nothing
      }
    },
  };
};
