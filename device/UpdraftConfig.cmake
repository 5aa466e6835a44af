# find_package(Updraft PATHS .../device): the package is its own sources, compiled with the project's flags.
include_guard(GLOBAL)
add_subdirectory(${CMAKE_CURRENT_LIST_DIR} ${CMAKE_BINARY_DIR}/updraft)
