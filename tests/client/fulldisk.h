// SPDX-License-Identifier: MIT
#pragma once

/// A full disk for a test that has no rights to mount one: from now on no file of this process
/// grows (ENOSPC), until there is room again. Needs ENABLE_EXPORTS, so that libraries find it.
void setDiskFull(bool isFull);
