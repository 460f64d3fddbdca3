metadata description = 'A cluster for StepTool: storage opened by identities alone, Kubernetes with a pool for silos and one for GPU silos, a registry, logs.'

targetScope = 'resourceGroup'

@description('A pool of nodes; the cluster autoscaler keeps their number between the two counts.')
type Pool = {
  @description('Size of a node.')
  size: string

  @minValue(0)
  minCount: int

  @minValue(1)
  maxCount: int
}

@description('Begins the name of everything that is made: lower-case letters and digits.')
@minLength(4)
@maxLength(10)
param name string = 'steptool'

@description('Region of everything that is made.')
param location string = resourceGroup().location

@description('Object id of the user or group that administers the cluster; deploy.sh gives whoever runs it.')
param administrator string

@description('Whether the administrator is a user, a group or a service principal.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param administratorType string = 'User'

@description('Version of Kubernetes, at least 1.30; its patches are taken by themselves.')
param kubernetesVersion string

@description('Nodes of the silos, and of Kubernetes itself.')
param cpuPool Pool

@description('Nodes of the GPU silos; none while no trainer waits.')
param gpuPool Pool

@description('Namespace of the silos, as in infra/kubernetes/base.')
param namespace string = 'steptool'

@description('Service account of the silos, as in infra/kubernetes/base.')
param serviceAccount string = 'steptool'

var suffix = uniqueString(resourceGroup().id)
var roles = {
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  pull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  clusterAdministrator: 'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b'
}

// State and membership. No key opens the account, so none can leak.
resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: '${name}${suffix}'
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  // A grain's state is overwritten at every step: soft delete and versions would keep, and bill, each of them.
  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: false }
      isVersioningEnabled: false
    }

    resource container 'containers' = {
      name: 'steptool'
      properties: { publicAccess: 'None' }
    }
  }
}

resource siloIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-silo'
  location: location

  // Whoever runs as the silos' service account is this identity.
  resource federation 'federatedIdentityCredentials' = {
    name: 'kubernetes'
    properties: {
      issuer: cluster.properties.oidcIssuerProfile.issuerURL
      subject: 'system:serviceaccount:${namespace}:${serviceAccount}'
      audiences: ['api://AzureADTokenExchange']
    }
  }
}

resource storageRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [roles.blobContributor, roles.tableContributor]: {
    scope: storage
    name: guid(storage.id, siloIdentity.id, role)
    properties: {
      principalId: siloIdentity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: '${name}${suffix}'
  location: location
  sku: { name: 'Standard' }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
  }
}

resource pullRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, cluster.id, roles.pull)
  properties: {
    principalId: cluster.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.pull)
  }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: name
  location: location
  identity: { type: 'SystemAssigned' }
  sku: { name: 'Base', tier: 'Standard' }
  properties: {
    kubernetesVersion: kubernetesVersion
    dnsPrefix: name
    disableLocalAccounts: true
    aadProfile: { managed: true, enableAzureRBAC: true }
    oidcIssuerProfile: { enabled: true }
    securityProfile: {
      workloadIdentity: { enabled: true }
      imageCleaner: { enabled: true, intervalHours: 168 }
    }
    // Cilium enforces infra/kubernetes/base/network.yaml.
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      loadBalancerSku: 'standard'
    }
    workloadAutoScalerProfile: {
      keda: { enabled: true }
    }
    autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' }
    // A node waits for its pods far longer than a silo's 90 seconds of grace.
    autoScalerProfile: {
      expander: 'least-waste'
      'scale-down-unneeded-time': '10m'
      'max-graceful-termination-sec': '600'
    }
    addonProfiles: {
      omsagent: {
        enabled: true
        config: {
          logAnalyticsWorkspaceResourceID: workspace.id
          useAADAuth: 'true'
        }
      }
    }
    agentPoolProfiles: [
      {
        name: 'cpu'
        mode: 'System'
        vmSize: cpuPool.size
        osSKU: 'AzureLinux'
        enableAutoScaling: true
        minCount: cpuPool.minCount
        maxCount: cpuPool.maxCount
        count: cpuPool.minCount
        upgradeSettings: { maxSurge: '33%' }
      }
    ]
  }

  // Only what asks for a GPU comes here (the taint), and what asks for one finds it while there is no node yet (the label).
  resource gpu 'agentPools' = {
    name: 'gpu'
    properties: {
      mode: 'User'
      vmSize: gpuPool.size
      osSKU: 'Ubuntu'
      enableAutoScaling: true
      minCount: gpuPool.minCount
      maxCount: gpuPool.maxCount
      count: gpuPool.minCount
      nodeLabels: { 'nvidia.com/gpu.present': 'true' }
      nodeTaints: ['nvidia.com/gpu=present:NoSchedule']
    }
  }
}

resource administratorRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: cluster
  name: guid(cluster.id, administrator, roles.clusterAdministrator)
  properties: {
    principalId: administrator
    principalType: administratorType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.clusterAdministrator)
  }
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: name
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    features: { disableLocalAuth: true }
  }
}

// What the silos print, into the workspace.
resource logRule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: '${name}-containers'
  location: location
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'containers'
          extensionName: 'ContainerInsights'
          streams: ['Microsoft-ContainerInsights-Group-Default']
          extensionSettings: {
            dataCollectionSettings: {
              interval: '1m'
              namespaceFilteringMode: 'Include'
              namespaces: [namespace]
              enableContainerLogV2: true
            }
          }
        }
      ]
    }
    destinations: {
      logAnalytics: [{ name: 'workspace', workspaceResourceId: workspace.id }]
    }
    dataFlows: [
      {
        streams: ['Microsoft-ContainerInsights-Group-Default']
        destinations: ['workspace']
      }
    ]
  }
}

resource logAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: cluster
  name: 'ContainerInsightsExtension'
  properties: { dataCollectionRuleId: logRule.id }
}

@description('BLOB_SERVICE_URI of infra/kubernetes/azure/azure.env.')
output blobServiceUri string = storage.properties.primaryEndpoints.blob

@description('TABLE_SERVICE_URI of infra/kubernetes/azure/azure.env.')
output tableServiceUri string = storage.properties.primaryEndpoints.table

@description('CLIENT_ID of infra/kubernetes/azure/azure.env.')
output clientId string = siloIdentity.properties.clientId

@description('Where SILO_IMAGE and GPU_SILO_IMAGE of infra/kubernetes/azure/azure.env are.')
output registry string = registry.properties.loginServer

@description('The cluster, for az aks get-credentials.')
output cluster string = cluster.name
