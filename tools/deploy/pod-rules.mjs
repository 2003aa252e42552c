// What holds for every pod and ConfigMap that the chart renders.
const SECRET_NAME = /(SECRET|PASSWORD|TOKEN|CREDS|API_KEY)$/;
const SECRET_VALUE = /-----BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^/\s]*:[^/\s]+@/;

/** @returns sentences about one object */
export function ruleProblems(object) {
  if (object.kind === 'ConfigMap') return configMapProblems(object);
  const pod = object.kind === 'Pod' ? object.spec : object.spec?.template?.spec;
  return pod === undefined ? [] : podProblems(pod);
}

function configMapProblems({ data }) {
  return Object.entries(data ?? {})
    .filter(([key, value]) => (SECRET_NAME.test(key) && value !== '') || SECRET_VALUE.test(value))
    .map(([key]) => `holds a secret: ${key}`);
}

/** The restricted Pod Security Standard, and ours. */
function podProblems(pod) {
  const problems = [];
  const must = (ok, sentence) => ok || problems.push(sentence);
  const context = pod.securityContext ?? {};
  must(context.runAsNonRoot === true && context.runAsUser > 0, 'the pod may run as root');
  must(context.seccompProfile?.type === 'RuntimeDefault', 'no seccomp profile');
  must(pod.automountServiceAccountToken === false, 'a service account token is mounted');
  must(!pod.hostNetwork && !pod.hostPID && !pod.hostIPC, 'uses namespaces of the node');
  const volumes = [
    'configMap',
    'secret',
    'emptyDir',
    'persistentVolumeClaim',
    'projected',
    'downwardAPI',
    'csi',
    'ephemeral',
  ];
  for (const volume of pod.volumes ?? []) {
    must(
      Object.keys(volume).every((key) => key === 'name' || volumes.includes(key)),
      `volume ${volume.name} is not allowed`,
    );
  }
  for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
    const own = container.securityContext ?? {};
    const say = (sentence) => `${container.name}: ${sentence}`;
    must(own.allowPrivilegeEscalation === false, say('privileges may escalate'));
    must(own.privileged !== true && own.runAsUser !== 0, say('privileged'));
    must(own.readOnlyRootFilesystem === true, say('the root file system can be written'));
    must(own.capabilities?.drop?.includes('ALL') && own.capabilities.add === undefined, say('has capabilities'));
    must(/[:@]/.test(container.image.split('/').at(-1)), say('the image has no version'));
    must(!container.image.endsWith(':latest'), say('the image is the latest'));
    must(container.resources?.requests?.cpu && container.resources.requests.memory, say('no requests'));
    must(container.resources?.limits?.memory, say('no memory limit'));
    const secretsInSight = (container.env ?? []).filter(
      ({ name, value }) => SECRET_NAME.test(name) && value !== undefined,
    );
    must(
      secretsInSight.length === 0,
      say(`secrets in the manifest: ${secretsInSight.map(({ name }) => name).join(', ')}`),
    );
  }
  return problems;
}
