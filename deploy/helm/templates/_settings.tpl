{{- define "engine.secret" -}}
valueFrom:
  secretKeyRef:
    name: {{ .name | quote }}
    key: {{ .key | quote }}
{{- end -}}

{{- /* The environment of the engine. */ -}}
{{- define "engine.settings" -}}
- name: WORKERS
  value: {{ .Values.workers | quote }}
- name: CACHE_TYPE
  value: {{ ternary "redis" "memory" (eq (include "engine.redis" .) "true") }}
- name: TRUSTED_PROXY_HOPS
  value: {{ ternary (ternary 1 0 .Values.ingress.enabled) .Values.trustedProxyHops (kindIs "invalid" .Values.trustedProxyHops) | quote }}
{{- if .Values.redis.url }}
- name: REDIS_URL
  value: {{ .Values.redis.url | quote }}
{{- else if .Values.redis.secret.name }}
- name: REDIS_URL
  {{- include "engine.secret" .Values.redis.secret | nindent 2 }}
{{- end }}
{{- if .Values.postgresql.url }}
- name: DATABASE_URL
  value: {{ .Values.postgresql.url | quote }}
{{- else if .Values.postgresql.secret.name }}
- name: DATABASE_URL
  {{- include "engine.secret" .Values.postgresql.secret | nindent 2 }}
{{- end }}
{{- with .Values.metricsToken.secret }}
{{- if .name }}
- name: METRICS_TOKEN
  {{- include "engine.secret" . | nindent 2 }}
{{- end }}
{{- end }}
{{- with .Values.apiKeys.secret }}
{{- if .name }}
- name: API_KEYS_FILE
  value: {{ printf "/run/engine/keys/%s" .key | quote }}
{{- end }}
{{- end }}
{{- with .Values.tiers.configMap }}
{{- if .name }}
- name: TIERS_FILE
  value: {{ printf "/run/engine/tiers/%s" .key | quote }}
{{- end }}
{{- end }}
{{- with .Values.alertTargets.secret }}
{{- if .name }}
- name: ALERT_TARGETS_FILE
  value: {{ printf "/run/engine/targets/%s" .key | quote }}
{{- end }}
{{- end }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- range $name, $reference := .Values.secretSettings }}
- name: {{ $name }}
  {{- include "engine.secret" $reference | nindent 2 }}
{{- end }}
{{- end -}}
