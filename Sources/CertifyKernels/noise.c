#include "CertifyKernels.h"
