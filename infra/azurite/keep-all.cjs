// Loaded before Azurite where its data ends with the process: it then collects no garbage. Ten minutes after its start it would, and answer nobody meanwhile,
// for more than a minute where much was stored. Azurite has no option for this.
const constants = require('azurite/dist/src/blob/utils/constants');

if (typeof constants.DEFAULT_GC_INTERVAL_MS !== 'number') {
  throw new Error('This version of Azurite has no DEFAULT_GC_INTERVAL_MS any more: look how its BlobGCManager is told when to run, and mend keep-all.cjs.');
}
constants.DEFAULT_GC_INTERVAL_MS = 24 * 60 * 60 * 1000;
