// Leaves out of an app's references what its stages have settled. To synthesize an app or a stage, the CDK synthesizes the stages in it
// first, and each writes its templates for good: what is added to one afterwards is lost. Then it looks for references in every
// element of the app, and once more in those of the stages, where nothing is left to be resolved and nothing would be written.
'use strict';

// stagesIn are the stages in a construct, but not those in them.
const stagesIn = (construct, Stage) =>
  construct.node.children.flatMap((child) => (Stage.isStage(child) ? [child] : stagesIn(child, Stage)));

// beyond is the CDK's resolveReferences, which then does not see what is in the stages of the construct that it is given.
exports.beyond = (resolveReferences, classOfStages) => (construct) => {
  const settled = stagesIn(construct, classOfStages()).map((stage) => stage.node);
  for (const node of settled) Object.defineProperty(node, 'children', { get: () => [], configurable: true });
  try {
    return resolveReferences(construct);
  } finally {
    for (const node of settled) delete node.children;
  }
};
