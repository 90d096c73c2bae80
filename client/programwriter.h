// SPDX-License-Identifier: MIT
#pragma once

#include "commandwriter.h"

/// \name The forms of WrittenCommand that are programs
/// @{
[[nodiscard]] WrittenCommand javaScriptProgram(const ConnectionSettings &settings);
[[nodiscard]] WrittenCommand pythonProgram(const ConnectionSettings &settings);
[[nodiscard]] WrittenCommand qmlProgram(const ConnectionSettings &settings);
[[nodiscard]] WrittenCommand cppProgram(const ConnectionSettings &settings);
/// @}
