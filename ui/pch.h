#pragma once
// What nearly every source of the window includes.

#include <QtCharts>
#include <QtWidgets>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>
