#!/usr/bin/env bash
# Lints the deployment files and the scripts, with warnings as errors. The linters from NuGet and npm are fetched (about 15 seconds, once); those of the
# system are used where they are there. Each file and linter is named, and what was skipped with the reason. The exit code is 0 only without faults.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

work=artifacts/lint
failed=0
mkdir -p "$work"

# Runs a linter; it fails by its exit code, or by a warning in what it prints.
lint() {
  local name=$1
  shift
  if "$@" >"$work/log" 2>&1 && ! grep -q ': Warning ' "$work/log"; then
    echo "ok       $name"
  else
    echo "FAILED   $name"
    sed 's/^/         /' "$work/log"
    failed=1
    return 1
  fi
}

skip() { echo "skipped  $1, since $2"; }

has() { command -v "$1" >/dev/null; }

mapfile -t scripts < <(find infra .ci -name '*.sh' -not -path '*/node_modules/*')
if has shellcheck; then
  lint "scripts: shellcheck" shellcheck --severity=warning "${scripts[@]}" .ci/run
else
  skip "scripts: shellcheck" "it is not installed (apt-get install shellcheck)"
  for script in "${scripts[@]}"; do lint "$script: bash -n" bash -n "$script"; done
fi

if has yamllint; then
  lint "YAML: yamllint" yamllint --strict --config-file infra/lint/yamllint.yaml infra/docker infra/kubernetes
else
  skip "YAML: yamllint" "it is not installed (apt-get install yamllint)"
fi

formatted() { "$bicep" format "$1" --stdout | diff "$1" -; }
if dotnet restore infra/lint/Bicep.csproj --nologo -v quiet >"$work/restore" 2>&1; then
  bicep=$(dotnet msbuild infra/lint/Bicep.csproj -getProperty:BicepCommand)
  chmod +x "$bicep"
  lint "main.bicep: bicep lint" "$bicep" lint infra/azure/main.bicep
  lint "main.bicep: bicep format" formatted infra/azure/main.bicep
  # Evaluates the template with its parameters, every name and reference in it.
  rm -rf "$work/azure" && cp -r infra/azure "$work/azure"
  lint "main.bicepparam: bicep snapshot" "$bicep" snapshot "$work/azure/main.bicepparam" --mode overwrite --resource-group steptool --location westeurope \
    --subscription-id 00000000-0000-0000-0000-000000000000
else
  skip "main.bicep: bicep" "its package does not restore here ($work/restore)"
fi

# The base, and Azure's overlay with its example filled in.
rendered=()
if has kubectl; then
  rm -rf "$work/kubernetes" && cp -r infra/kubernetes "$work/kubernetes" && cp "$work/kubernetes/azure/azure.env.example" "$work/kubernetes/azure/azure.env"
  render() { kubectl kustomize "$work/kubernetes/$1" --output "$work/$1.yaml"; }
  for part in base azure; do
    lint "kubernetes/$part: kubectl kustomize" render "$part" && rendered+=("$work/$part.yaml")
  done
else
  skip "kubernetes: kubectl kustomize, and the linters of what it renders" "kubectl is not installed"
fi

node() { command node infra/lint/lint.mjs "$@"; }
if ! has npm; then
  skip "Dockerfile, compose.yaml, rendered manifests: infra/lint/lint.mjs" "Node.js is not installed"
elif ! [ infra/lint/node_modules/.package-lock.json -nt infra/lint/package-lock.json ] \
  && ! npm ci --prefix infra/lint --ignore-scripts --no-audit --no-fund --prefer-offline >"$work/npm" 2>&1; then
  skip "Dockerfile, compose.yaml, rendered manifests: infra/lint/lint.mjs" "its packages do not install here ($work/npm)"
else
  lint "Dockerfile: dockerfile-utils" node dockerfile infra/docker/Dockerfile
  lint "compose.yaml: schema of the Compose specification" node compose infra/docker/compose.yaml
  for file in "${rendered[@]}"; do lint "$(basename "$file"): schemas of Kubernetes and KEDA, pod security standards, practices" node manifests "$file"; done
fi

if docker compose version >/dev/null 2>&1; then
  lint "compose.yaml: docker compose config" env STEPTOOL_API_KEY=linted docker compose --file infra/docker/compose.yaml --profile gpu --profile console config --quiet
else
  skip "compose.yaml: docker compose config" "Docker Compose is not installed"
fi
if docker buildx version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
  lint "Dockerfile: docker build --check" docker build --check --file infra/docker/Dockerfile .
else
  skip "Dockerfile: docker build --check" "no Docker daemon with BuildKit answers here"
fi

exit "$failed"
