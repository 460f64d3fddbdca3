using 'main.bicep'

// Whoever runs deploy.sh; it sets this variable.
param administrator = readEnvironmentVariable('STEPTOOL_ADMINISTRATOR', '00000000-0000-0000-0000-000000000000')
// What a region offers: az aks get-versions --location REGION --output table
param kubernetesVersion = '1.34'
param cpuPool = { size: 'Standard_D4s_v5', minCount: 2, maxCount: 12 }
param gpuPool = { size: 'Standard_NC4as_T4_v3', minCount: 0, maxCount: 2 }
