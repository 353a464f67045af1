# Run by ctest: adds a test per suite of EXECUTABLE, which it lists again only when the executable
# is newer than LIST.

if(NOT EXISTS ${EXECUTABLE})
  add_test(unit [==[not built: run cmake --build first]==])
  return()
endif()
if(NOT EXISTS ${LIST} OR ${EXECUTABLE} IS_NEWER_THAN ${LIST})
  execute_process(COMMAND ${EXECUTABLE} --gtest_list_tests OUTPUT_VARIABLE listing RESULT_VARIABLE failed ERROR_VARIABLE error)
  if(failed)
    message(FATAL_ERROR "${EXECUTABLE} --gtest_list_tests: ${failed} ${error}")
  endif()
  file(WRITE ${LIST} "${listing}")
endif()
file(STRINGS ${LIST} lines REGEX "^[A-Za-z]")
foreach(line ${lines})
  # "Suite." or "Prefix/Suite/0.  # TypeParam = float"
  if(line MATCHES "^([A-Za-z0-9_/]+)\\.")
    set(suite ${CMAKE_MATCH_1})
    add_test(unit/${suite} ${EXECUTABLE} --gtest_filter=${suite}.* --gtest_brief=1)
    set_tests_properties(unit/${suite} PROPERTIES
      ENVIRONMENT "${ENVIRONMENT}" SKIP_RETURN_CODE 77 TIMEOUT 600 LABELS unit)
  endif()
endforeach()
