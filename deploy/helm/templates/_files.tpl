{{- /* Where the engine finds its files. The root is read-only: /tmp and /data can be written. */ -}}
{{- define "engine.mounts" -}}
- name: temporary
  mountPath: /tmp
- name: data
  mountPath: /data
{{- if .Values.apiKeys.secret.name }}
- name: keys
  mountPath: /run/engine/keys
  readOnly: true
{{- end }}
{{- if .Values.tiers.configMap.name }}
- name: tiers
  mountPath: /run/engine/tiers
  readOnly: true
{{- end }}
{{- if .Values.alertTargets.secret.name }}
- name: targets
  mountPath: /run/engine/targets
  readOnly: true
{{- end }}
{{- end -}}

{{- define "engine.volumes" -}}
- name: temporary
  emptyDir:
    sizeLimit: 256Mi
- name: data
{{- if .Values.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ .Values.persistence.existingClaim | default (include "engine.name" .) | quote }}
{{- else }}
  emptyDir:
    sizeLimit: {{ .Values.persistence.size }}
{{- end }}
{{- with .Values.apiKeys.secret }}
{{- if .name }}
- name: keys
  secret:
    secretName: {{ .name | quote }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- with .Values.tiers.configMap }}
{{- if .name }}
- name: tiers
  configMap:
    name: {{ .name | quote }}
{{- end }}
{{- end }}
{{- with .Values.alertTargets.secret }}
{{- if .name }}
- name: targets
  secret:
    secretName: {{ .name | quote }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- end -}}
