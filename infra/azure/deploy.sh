#!/usr/bin/env bash
# Deploys StepTool to Azure: main.bicep into a resource group, the images into its registry, infra/kubernetes/azure onto its cluster. Running it again
# changes only what differs.
#   infra/azure/deploy.sh --what-if steptool westeurope     says what would change, and changes nothing
#   infra/azure/deploy.sh steptool westeurope               deploys
#   infra/azure/deploy.sh --no-gpu steptool westeurope      without the image of the GPU silo, which takes a large build
# Needs az (signed in), kubectl and kubelogin; no Docker, since the registry builds the images.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

what_if=false gpu=true
while [[ "${1:-}" == --* ]]; do
  case $1 in
    --what-if) what_if=true ;;
    --no-gpu) gpu=false ;;
    *) echo "The option $1 is not known; give --what-if, --no-gpu, or none." >&2; exit 2 ;;
  esac
  shift
done
if [ $# -ne 2 ]; then
  echo "Give a resource group and a region, such as: infra/azure/deploy.sh --what-if steptool westeurope" >&2
  exit 2
fi
group=$1 region=$2
for tool in az kubectl kubelogin openssl git; do
  if ! command -v "$tool" >/dev/null; then
    echo "The command $tool is not on the PATH. Install it (kubectl and kubelogin: az aks install-cli)." >&2
    exit 1
  fi
done

echo "== account"
az account show --query "[name, user.name]" --output tsv
STEPTOOL_ADMINISTRATOR=${STEPTOOL_ADMINISTRATOR:-$(az ad signed-in-user show --query id --output tsv)}
export STEPTOOL_ADMINISTRATOR

if $what_if; then
  if [ "$(az group exists --name "$group")" = true ]; then
    az deployment group what-if --resource-group "$group" --parameters infra/azure/main.bicepparam
  else
    echo "The resource group $group does not exist; it would be made in $region, and in it everything of infra/azure/main.bicep."
    echo "To see that compared resource by resource, make the empty group (az group create --name $group --location $region) and ask again."
  fi
  exit 0
fi

echo "== resources"
az group create --name "$group" --location "$region" --output none
az deployment group create --name steptool --resource-group "$group" --parameters infra/azure/main.bicepparam --output none
output() { az deployment group show --name steptool --resource-group "$group" --query "properties.outputs.$1.value" --output tsv; }
registry=$(output registry)
cluster=$(output cluster)
blobs=$(output blobServiceUri)
tables=$(output tableServiceUri)
client=$(output clientId)

echo "== images"
# The commit names an image, so that what runs can be found again; what is not committed is named by the hour too.
tag=$(git describe --always --abbrev=12 --dirty="-$(date -u +%Y%m%d%H%M)")
build() {
  if az acr repository show --name "${registry%%.*}" --image "steptool-$1:$tag" --output none 2>/dev/null; then
    echo "steptool-$1:$tag is there."
  else
    az acr build --registry "${registry%%.*}" --image "steptool-$1:$tag" --file infra/docker/Dockerfile --target "$1" --timeout 7200 .
  fi
}
build silo
if $gpu; then build gpu-silo; fi

echo "== silos"
cat >infra/kubernetes/azure/azure.env <<END
BLOB_SERVICE_URI=$blobs
TABLE_SERVICE_URI=$tables
CLIENT_ID=$client
SILO_IMAGE=$registry/steptool-silo:$tag
GPU_SILO_IMAGE=$registry/steptool-gpu-silo:$tag
END
kubeconfig=$(mktemp)
trap 'rm -f "$kubeconfig"' EXIT
export KUBECONFIG=$kubeconfig
az aks get-credentials --resource-group "$group" --name "$cluster" --file "$kubeconfig" --overwrite-existing --output none
kubelogin convert-kubeconfig --login azurecli
# A role that has just been given takes minutes to act.
for _ in {1..20}; do
  if kubectl auth can-i create deployments.apps --namespace steptool >/dev/null 2>&1; then break; fi
  sleep 15
done
kubectl apply --filename infra/kubernetes/base/namespace.yaml
# The key is made once and stays; only the cluster knows it.
if ! kubectl --namespace steptool get secret steptool >/dev/null 2>&1; then
  kubectl --namespace steptool create secret generic steptool --from-env-file=<(echo "StepTool__ApiKey=$(openssl rand -hex 24)")
fi
kubectl apply --kustomize infra/kubernetes/azure
# Without its image the GPU silo stays at none, and the trainer on any silo.
if $gpu; then paused=autoscaling.keda.sh/paused-replicas-; else paused=autoscaling.keda.sh/paused-replicas=0; fi
kubectl --namespace steptool annotate scaledobject steptool-gpu-silo --overwrite "$paused"
kubectl --namespace steptool rollout status deployment/steptool-silo --timeout 15m

cat <<END
The silos run. To look at them:
  az aks get-credentials --resource-group $group --name $cluster && kubelogin convert-kubeconfig --login azurecli
  kubectl --namespace steptool get secret steptool --output go-template='{{index .data "StepTool__ApiKey" | base64decode}}'
  kubectl --namespace steptool port-forward service/steptool 5080:8080
END
