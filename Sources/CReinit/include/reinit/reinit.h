/* reinit/reinit.h -- the whole stable ABI; drafts are included one by one. */
#ifndef REINIT_H
#define REINIT_H

#include "base.h"
#include "distribution.h"
#include "function.h"
#include "geometry.h"
#include "host.h"
#include "initializer.h"
#include "layer.h"
#include "plugin.h"
#include "random.h"
#include "value.h"

#endif
