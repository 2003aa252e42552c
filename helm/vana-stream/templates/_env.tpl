{{/* Environment of a service that comes from elsewhere than its settings. Takes (dict "root" $ "part" "gateway"). */}}
{{- define "vana.env" -}}
{{- $values := .root.Values -}}
{{- $own := index $values .part -}}
- { name: PORT, value: {{ include "vana.port" . | quote }} }
{{- if eq .part "broadcaster" }}
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
- { name: ADVERTISE_URL, value: "http://$(POD_IP):{{ include "vana.port" . }}" }
{{- end }}
- { name: NATS_URL, value: {{ include "vana.natsUrl" .root | quote }} }
{{- if ne .part "monitoring" }}
- { name: NATS_REPLICAS, value: {{ $values.nats.replicas | quote }} }
{{- end }}
{{- if eq $values.nats.auth.method "password" }}
- { name: NATS_USER, value: {{ .part }} }
- name: NATS_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ include "vana.natsSecret" .root }}, key: {{ .part }} } }
{{- else if eq $values.nats.auth.method "creds" }}
- name: NATS_CREDS
  valueFrom: { secretKeyRef: { name: {{ include "vana.natsSecret" .root }}, key: {{ .part }} } }
{{- end }}
{{- with $values.nats.tls.caSecret }}
- name: NATS_TLS_CA
  valueFrom: { secretKeyRef: { name: {{ . }}, key: {{ $values.nats.tls.caKey }} } }
{{- end }}
{{- if and $values.redis.enabled (ne .part "monitoring") }}
- name: REDIS_URL
{{- if or $values.redis.existingSecret $values.redis.bundled.enabled }}
  valueFrom: { secretKeyRef: { name: {{ include "vana.redisSecret" .root }}, key: url } }
{{- else }}
  value: {{ include "vana.redisUrl" .root | quote }}
{{- end }}
{{- with $values.redis.tls.caSecret }}
- name: REDIS_TLS_CA
  valueFrom: { secretKeyRef: { name: {{ . }}, key: {{ $values.redis.tls.caKey }} } }
{{- end }}
{{- end }}
{{- if has .part (list "gateway" "broadcaster") }}
{{- include "vana.tokenEnv" .root | nindent 0 }}
{{- end }}
{{- if and (eq .part "gateway") $values.gatewayTls.existingSecret }}
- { name: TLS_CERT, value: /etc/vana/tls/tls.crt }
- { name: TLS_KEY, value: /etc/vana/tls/tls.key }
{{- end }}
{{- if and (eq .part "orchestrator") (include "vana.corpusVolume" .root) }}
- { name: RESEARCH_CORPUS, value: /corpus }
{{- end }}
{{- range $name, $from := $own.secretSettings }}
- name: {{ $name }}
  valueFrom: { secretKeyRef: { name: {{ $from.name }}, key: {{ $from.key }} } }
{{- end }}
{{- end -}}

{{- define "vana.tokenEnv" -}}
{{- $auth := .Values.auth -}}
- { name: JWT_ISSUER, value: {{ $auth.issuer | quote }} }
- { name: JWT_AUDIENCE, value: {{ $auth.audience | quote }} }
- { name: JWT_MAX_LIFETIME, value: {{ include "vana.text" $auth.maxLifetimeSeconds | quote }} }
{{- if eq $auth.method "secret" }}
- name: JWT_SECRET
  valueFrom: { secretKeyRef: { name: {{ include "vana.tokenSecret" . }}, key: JWT_SECRET } }
{{- else if eq $auth.method "publicKey" }}
- { name: JWT_PUBLIC_KEY, value: {{ required "auth.publicKey: needed by auth.method publicKey" $auth.publicKey | quote }} }
{{- else }}
- { name: JWT_JWKS_URL, value: {{ required "auth.jwksUrl: needed by auth.method jwks" $auth.jwksUrl | quote }} }
- { name: JWT_ALGORITHMS, value: {{ $auth.jwksAlgorithms | quote }} }
{{- end }}
- name: INTERNAL_JWT_SECRET
  valueFrom: { secretKeyRef: { name: {{ include "vana.tokenSecret" . }}, key: INTERNAL_JWT_SECRET, optional: {{ eq $auth.method "secret" }} } }
{{- end -}}

{{- define "vana.natsUrl" -}}
{{- $url := .Values.nats.url -}}
{{- if .Values.nats.bundled.enabled -}}
{{- if $url }}{{ fail "nats.url: leave it empty with nats.bundled.enabled" }}{{ end -}}
{{- if eq (int .Values.nats.replicas) 3 }}{{ fail "nats.replicas: the bundled server is one; 3 copies need a cluster" }}{{ end -}}
nats://{{ include "vana.fullname" . }}-nats:4222
{{- else -}}
{{- $needed := required "nats.url: name your NATS servers, or set nats.bundled.enabled=true for an evaluation" $url -}}
{{- if contains "@" $needed }}{{ fail "nats.url: without credentials please; they belong into nats.auth.existingSecret" }}{{ end -}}
{{ $needed }}
{{- end -}}
{{- end -}}

{{- define "vana.redisUrl" -}}
{{- $needed := required "redis.url: name your Redis, redis.existingSecret, redis.bundled.enabled=true or redis.enabled=false" .Values.redis.url -}}
{{- if contains "@" $needed }}{{ fail "redis.url: without credentials please; with them it belongs into redis.existingSecret" }}{{ end -}}
{{ $needed }}
{{- end -}}

{{- define "vana.natsSecret" -}}
{{ default (printf "%s-nats-users" (include "vana.fullname" .)) .Values.nats.auth.existingSecret }}
{{- end -}}
{{- define "vana.redisSecret" -}}
{{ default (printf "%s-redis" (include "vana.fullname" .)) .Values.redis.existingSecret }}
{{- end -}}
{{- define "vana.tokenSecret" -}}
{{ default (printf "%s-tokens" (include "vana.fullname" .)) .Values.auth.existingSecret }}
{{- end -}}

{{- define "vana.corpusVolume" -}}
{{- with .Values.orchestratorCorpus -}}
{{- if and .existingClaim .configMap }}{{ fail "orchestratorCorpus: a claim or a ConfigMap, not both" }}{{ end -}}
{{- if .existingClaim }}persistentVolumeClaim: { claimName: {{ .existingClaim }}, readOnly: true }
{{- else if .configMap }}configMap: { name: {{ .configMap }} }
{{- end -}}
{{- end -}}
{{- end -}}
