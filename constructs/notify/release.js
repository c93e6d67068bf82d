
// release is the execution of a pipeline that an event is about, and what messages of it have in common: where it is, what else
// its stage has done, and the links and commands that a person needs. What its actions did is looked up, unless it is given.
async function release(event, d, looked) {
  const service = STORE.pipelines[d.pipeline] ?? d.pipeline;
  const { actions, trouble } = looked ?? await actionsOf(d);
  const stage = d.stage ?? actions?.[0]?.stageName;
  // CDK Pipelines divides a wave of more than 50 actions into stages that end in a number.
  const place = STORE.stages[stage?.replace(/\.\d+$/, '')];
  const targets = place?.targets ?? [];
  const target = targets.length === 1 ? targets[0] : targets.find((t) => d.action?.startsWith(t.id + '.'));
  const result = d['execution-result'] ?? {};
  const at = place?.environment ?? `stage ${stage}`;
  const where = target?.region ?? d.region ?? stage;
  const here = (actions ?? []).filter((a) => a.stageName === stage);
  const unread = `What ${stage ?? 'it'} did could not be read (${trouble}): see the execution.`;

  const production = place?.kind === 'production';
  const x = {
    actions, stage, place, targets, target, at, where,
    customers: production ? `Customers in ${where} have` : `Callers of ${at} in ${where} have`,
    byHand: "Go back by hand, in Storeship's docs/day-two.md",
  };
  x.untouched = () => !place ? 'No environment was touched: customers have what they had.'
    : `Nothing of ${stage} was deployed: ${production ? 'customers have what they had' : `${at} is as it was`}.`;
  x.message = (kind, headline, lines) => ({ event: kind, place, service, headline: `${service}: ${headline}`, lines });
  x.why = () => {
    const why = result['external-execution-summary'] || result['error-code'];
    const log = /^Build terminated with state/.test(why) ? 'the log says' : why; // what CodeBuild says of every failure
    return [why ? `Why: ${cut(log, 1000)}` : undefined, `When: ${event.time}`];
  };
  x.links = () => {
    const url = result['external-execution-url'];
    // What deploys or tests does it by the environment's deployer, in its account; what builds or checks, in the tools account.
    const account = place && ['Deploy', 'Test'].includes(d.type?.category) ? ` in account ${place.account}` : '';
    return [
      url ? `${d.type?.provider === 'CodeBuild' ? 'Log' : 'Details'}${account}: ${url}` : undefined,
      `Execution: https://${STORE.region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${d.pipeline}` +
        `/executions/${d['execution-id']}/visualization?region=${STORE.region}`,
    ];
  };
  x.retry = () => `  aws codepipeline retry-stage-execution --region ${STORE.region} --pipeline-name ${d.pipeline} --stage-name ${stage}` +
    ` --pipeline-execution-id ${d['execution-id']} --retry-mode FAILED_ACTIONS`;
  x.mend = () => [
    '', 'What to do: mend it and push; the next release carries all of it. Or, if nothing is wrong with the version, repeat what failed:',
    x.retry(),
    place?.closes ? `This does not ask again whether ${place.environment} is open: look first.` : undefined,
    ...x.links(),
  ];
  // What the other targets have: those of the wave are released side by side, and each for itself.
  x.others = (provider, done, back) => {
    if (!actions) return targets.length > 1 ? [unread] : [];
    const same = bare(d.action, targets);
    const others = here.filter((a) => providerOf(a) === provider && a.actionName !== d.action && bare(a.actionName, targets) === same);
    const idle = targets.filter((t) => t !== target && !others.some((a) => a.actionName.startsWith(t.id + '.')));
    if (others.length + idle.length === 0) return [];
    const words = { ...STATUS, Succeeded: done };
    return [
      '', `The rest of ${stage}:`,
      ...others.map((a) => `  ${named(a)} ${words[a.status] ?? a.status}`), ...idle.map((t) => `  ${t.region} has not begun`),
      others.some((a) => a.status === 'Succeeded') ? `To take it back there, too: ${back}.` : undefined,
    ];
  };
  // What the stage has deployed, where something else failed: in each target the last action.
  x.soFar = () => {
    if (!actions && (place || !stage)) return [unread];
    if (!place) return [x.untouched()];
    const done = here.filter(deploys).filter((a, i, all) => all.findIndex((b) => named(b) === named(a)) === i);
    if (done.length === 0) return [x.untouched()];
    return [
      '', `What ${stage} has deployed:`, ...done.map((a) => `  ${named(a)}: ${bare(a.actionName, targets)} ${STATUS[a.status] ?? a.status}`),
      done.some((a) => a.status === 'Succeeded') ? `What is done is in use, and nothing takes it back by itself: ${x.byHand}.` : undefined,
    ];
  };
  const named = (a) => (targets.find((t) => a.actionName.startsWith(t.id + '.')) ?? targets[0])?.region ?? bare(a.actionName, targets);
  return x;
}

const STATUS = { Succeeded: 'is done', InProgress: 'is under way', Failed: 'failed', Abandoned: 'was abandoned' };

const providerOf = (a) => a.input?.actionTypeId?.provider;

// deploys says whether an action changes what runs; a change set that is only made does not.
const deploys = (a) => a.input?.actionTypeId?.category === 'Deploy' && !a.actionName.endsWith('.Prepare');

// actionsOf lists the actions of an execution, each by its last try, what began last first. Where they cannot be read, the message goes
// without them.
async function actionsOf(d) {
  const all = [];
  try {
    let token;
    do {
      const page = await codepipeline.send(new ListActionExecutionsCommand({
        pipelineName: d.pipeline, filter: { pipelineExecutionId: d['execution-id'] }, maxResults: 100, nextToken: token,
      }));
      all.push(...(page.actionExecutionDetails ?? []));
      token = page.nextToken;
    } while (token);
  } catch (err) {
    console.error(err);
    return { trouble: err.name };
  }
  all.sort((a, b) => new Date(b.startTime) - new Date(a.startTime) || (a.actionName < b.actionName ? -1 : 1));
  const last = new Map();
  for (const a of all) {
    const key = `${a.stageName} ${a.actionName}`;
    if (!last.has(key)) last.set(key, a);
  }
  return { actions: [...last.values()] };
}

// bare is the name of an action without that of its target in front.
function bare(action, targets) {
  const of = targets.find((t) => action.startsWith(t.id + '.'));
  return of ? action.slice(of.id.length + 1) : action;
}

function cut(s, most) {
  return s.length > most ? s.slice(0, most - 3) + '...' : s;
}
