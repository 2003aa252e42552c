{{- define "vana.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Name of a part's objects. Takes (dict "root" $ "part" "gateway"), as do those below. */}}
{{- define "vana.name" -}}
{{ include "vana.fullname" .root }}-{{ .part }}
{{- end -}}

{{- define "vana.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "vana.labels" -}}
{{ include "vana.selector" . }}
app.kubernetes.io/part-of: vana-stream
app.kubernetes.io/version: {{ default .root.Chart.AppVersion .root.Values.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{- define "vana.image" -}}
{{- $own := index .root.Values .part -}}
{{- $tag := default .root.Chart.AppVersion .root.Values.image.tag -}}
{{- if eq $tag "latest" }}{{ fail "image.tag: latest is no version; name one, or a digest" }}{{ end -}}
{{ .root.Values.image.repository }}/{{ .part }}{{ if $own.digest }}@{{ $own.digest }}{{ else }}:{{ $tag }}{{ end }}
{{- end -}}

{{- define "vana.port" -}}
{{ get (dict "gateway" 8080 "orchestrator" 8081 "broadcaster" 8082 "monitoring" 8083) .part }}
{{- end -}}

{{/* The restricted Pod Security Standard, of a pod and of its containers. */}}
{{- define "vana.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end -}}
{{- define "vana.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Numbers of YAML are floats to Helm: 1048576 must not become 1.048576e+06. */}}
{{- define "vana.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ printf "%.0f" . }}{{ else }}{{ . }}{{ end -}}
{{- end -}}
