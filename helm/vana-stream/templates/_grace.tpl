{{/* Seconds that a pod may take to end: longer than all it waits for by itself. */}}
{{- define "vana.graceSeconds" -}}
{{- $own := index .root.Values .part -}}
{{- $needed := float64 $own.preStopSeconds -}}
{{- range $key := list "PRE_DRAIN_TIME" "SSE_DRAIN_TIME" "SHUTDOWN_GRACE" -}}
{{- $needed = addf $needed (float64 (default 0 (get $own.settings $key))) -}}
{{- end -}}
{{- $needed = int64 (ceil (addf $needed 20)) -}}
{{- if and $own.terminationGracePeriodSeconds (lt (int64 $own.terminationGracePeriodSeconds) $needed) -}}
{{- fail (printf "%s.terminationGracePeriodSeconds: at least %d, or pods are killed while they drain" .part $needed) -}}
{{- end -}}
{{ default $needed (int64 $own.terminationGracePeriodSeconds) }}
{{- end -}}
